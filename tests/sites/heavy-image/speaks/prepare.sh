python -c "open('static/hero.png', 'wb').truncate(900_000)"
