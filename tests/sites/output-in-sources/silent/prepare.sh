mkdir static/out static_root
