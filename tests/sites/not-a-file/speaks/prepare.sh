ln -s gone.css static/old.css
