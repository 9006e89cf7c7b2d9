python -c "open('static/film.webm', 'wb').truncate(30_000_000)"
