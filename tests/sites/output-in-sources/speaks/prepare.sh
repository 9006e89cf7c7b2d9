mkdir static/out
