def may_read(request, path):
    return request.user.is_staff
