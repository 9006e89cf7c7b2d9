printf '/static/*\n!/static/css/\n' > .gitignore
git init -q .
git add .
