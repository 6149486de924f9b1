import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.WEIR_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), tailwind()],
  server: {
    port: 5173,
    proxy: { '/api': server, '/health': server, '/metrics': server },
  },
  build: { target: 'es2023', assetsInlineLimit: 0, manifest: true },
  test: { include: ['src/**/*.test.ts'] },
});
