ln -s app.css static/old.css
