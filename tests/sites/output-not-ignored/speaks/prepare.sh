git init -q .
git add .
