printf '%s\n' '<<<<<<< HEAD' 'body { color: red; }' ======= 'body { color: blue; }' '>>>>>>> blue' >> static/css/app.css
