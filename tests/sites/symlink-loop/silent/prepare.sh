ln -s img static/images
