ln -s mark.svg static/logo.svg
