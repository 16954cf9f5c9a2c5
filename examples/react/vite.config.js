import { defineConfig } from "vite";

// Vite compiles JSX by itself. The client module is the server's own file: the development server may serve it too.
export default defineConfig({ server: { fs: { allow: [".", "../../monitor/web/static"] } } });
