cp static/app.css 'static/the app (1).css'
