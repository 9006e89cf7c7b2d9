import legacy from '@vitejs/plugin-legacy'
import { defineConfig } from 'vite'

export default defineConfig({
  base: './',
  plugins: [legacy({ targets: ['chrome 70'] })],
  build: {
    manifest: true,
    sourcemap: true,
    rolldownOptions: { input: ['index.html', 'src/main.js', 'src/admin.js', 'src/search.js', 'src/print.css'] },
  },
})
