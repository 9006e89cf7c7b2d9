# Says what Vite says, and goes on until it is ended.
echo "  ➜  Local:   http://127.0.0.1:5173/static/shop/"
exec sleep 600
