cp static/img/logo.svg static/img/logo-2.svg
