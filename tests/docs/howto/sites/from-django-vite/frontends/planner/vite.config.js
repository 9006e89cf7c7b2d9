import { defineConfig } from 'vite'

export default defineConfig({
  base: '/static/planner/',
  build: {
    manifest: 'manifest.json',
    rolldownOptions: { input: 'src/main.js' },
  },
})
