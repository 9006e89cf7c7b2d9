import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [vue()],
  build: {
    manifest: true,
    // The policy of the site allows no data: URLs.
    assetsInlineLimit: 0,
    rolldownOptions: { input: "src/main.js" },
  },
});
