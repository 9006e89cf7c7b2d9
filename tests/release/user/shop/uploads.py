from django.http import HttpRequest


def may_read(request: HttpRequest, path: str) -> bool:
    return path.endswith(".pdf") and request.method == "GET"
