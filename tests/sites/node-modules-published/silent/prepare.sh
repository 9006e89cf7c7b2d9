mkdir -p node_modules/htmx.org/dist node_modules/htmx.org/test
echo 'self.htmx = {};' | tee node_modules/htmx.org/dist/htmx.js > node_modules/htmx.org/test/core.js
