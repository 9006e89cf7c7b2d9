ln -s .. static/img/all
