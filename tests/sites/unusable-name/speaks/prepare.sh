cp static/app.css 'static/css\app.css'
