import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// WebKitGTK 2.50 is the oldest runtime; it is close to Safari 26.
export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  // A licence lies beside the model that it is about, in `crates/`.
  server: { port: 5173, strictPort: true, fs: { allow: ['..'] } },
  build: {
    target: 'safari18',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 760,
  },
  test: {
    environment: 'jsdom',
    // axe on a busy machine takes its time.
    testTimeout: 30_000,
    setupFiles: ['src/test/setup.ts'],
    css: { modules: { classNameStrategy: 'non-scoped' } },
  },
});
