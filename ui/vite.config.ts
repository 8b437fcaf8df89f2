import { readdirSync } from 'node:fs';
import path from 'node:path';
import ownLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const LOCALES = path.resolve(import.meta.dirname, 'locales');

/** `virtual:texts`: how each language is loaded, one chunk a folder of `locales`. */
function texts(): Plugin {
  const own = '\0virtual:texts';
  return {
    name: 'texts',
    resolveId: (id) => (id.startsWith('virtual:texts') ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(own)) return null;
      if (id === own) return `export default { ${readdirSync(LOCALES).map((language) => `'${language}': () => import('virtual:texts/${language}')`)} };`;
      const folder = path.join(LOCALES, id.slice(`${own}/`.length));
      const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
      const imports = files.map((file, at) => `import t${at} from ${JSON.stringify(path.join(folder, file))};`);
      return `${imports.join('\n')}\nexport default { ${files.map((file, at) => `'${file.slice(0, -'.json'.length)}': t${at}`)} };`;
    },
  };
}

// WebKitGTK 2.50 is the oldest runtime; it is close to Safari 26.
export default defineConfig({
  // The library's own words in our languages alone: it brings thirty-four.
  plugins: [react(), texts(), { ...ownLocales.vite({ locales: readdirSync(LOCALES) }), apply: 'build' }],
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
