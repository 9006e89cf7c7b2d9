# Builds what Vite builds, of one file.
mkdir -p dist/.vite dist/assets
cp src/main.js dist/assets/main-Bx7kQ2aP.js
echo '{"src/main.js": {"file": "assets/main-Bx7kQ2aP.js", "src": "src/main.js", "isEntry": true}}' >dist/.vite/manifest.json
