python -c "open('static/hero.png', 'wb').truncate(90_000)"
