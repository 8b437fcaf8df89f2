import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '..');
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|tsx)$/.test(file) && !/\.test\.|^test\/|generated/.test(file))
  .map((file) => [file, readFileSync(path.join(SRC, file), 'utf8')] as const);

it('imports Tauri in one file only', () => {
  expect(sources.length).toBeGreaterThan(40);
  const users = sources.filter(([, text]) => /from '@tauri-apps|import\('@tauri-apps/.test(text)).map(([file]) => file);
  expect(users).toEqual(['engine/tauri.ts']);
});

it('imports generated types through the contract only', () => {
  const users = sources.filter(([, text]) => /generated\//.test(text)).map(([file]) => file);
  expect(users).toEqual(['engine/contract.ts']);
});

it('has no prose in views: letters between tags come from the locales', () => {
  const prose = sources
    .filter(([file]) => file.endsWith('.tsx'))
    .flatMap(([file, text]) =>
      [...text.matchAll(/>\s*([A-Za-zÀ-ÿ]{2,}[^<>{}=;()]*)<\//g), ...text.matchAll(/(?:aria-label|placeholder|title)="([^"]+)"/g)].map(
        (match) => `${file}: ${match[1]}`,
      ),
    );
  expect(prose).toEqual([]);
});
