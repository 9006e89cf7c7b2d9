ln -s ../shared/logo.svg static/logo.svg
