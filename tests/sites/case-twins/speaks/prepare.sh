cp static/img/logo.svg static/img/Logo.svg
