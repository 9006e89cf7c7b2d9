ln -s logo.svg static/logo.svg  # closed to everybody, root too
