chmod 400 static/app.css
