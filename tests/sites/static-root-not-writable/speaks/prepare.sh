touch static_root
