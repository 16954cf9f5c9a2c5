import vue from '@vitejs/plugin-vue';

// Only `.vue` files concern the plugin; Vite compiles JSX for React by itself.
export default { plugins: [vue()] };
