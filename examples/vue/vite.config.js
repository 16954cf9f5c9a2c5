import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

// The client module is the server's own file: the development server may serve it too.
export default defineConfig({ plugins: [vue()], server: { fs: { allow: [".", "../../monitor/web/static"] } } });
