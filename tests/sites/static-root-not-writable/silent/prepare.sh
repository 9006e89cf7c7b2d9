mkdir static_root
