import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    manifest: true,
    // The policy of the site allows no data: URLs.
    assetsInlineLimit: 0,
    // One for a page of Django's, and a page of its own, which starts the same.
    rolldownOptions: { input: ["src/main.tsx", "index.html"] },
  },
});
