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
    rolldownOptions: {
      output: {
        // One chunk a language: its texts are read together or not at all.
        codeSplitting: { groups: [{ name: (id: string) => /\/locales\/([\w-]+)\/[\w-]+\.json/.exec(id)?.[1]?.replace(/^/, 'texts-') ?? null }] },
      },
    },
  },
  test: {
    environment: 'jsdom',
    // axe on a busy machine takes its time.
    testTimeout: 30_000,
    setupFiles: ['src/test/setup.ts'],
    css: { modules: { classNameStrategy: 'non-scoped' } },
  },
});
