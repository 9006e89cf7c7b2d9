python -c "open('static/film.webm', 'wb').truncate(3_000_000)"
