// node gallery/run.mjs [--out FOLDER] [--few] [--only NAME]… [--variant narrow-de] [--looks light,dark] [--mockups FOLDER] [--jobs N]: looks at every screen in every state by Debian's Chromium, and fails where one cannot be read.
// Needs `npm run build`; DIST= names another folder of the build, CHROMIUM= another browser.
import { mkdir, readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import puppeteer from 'puppeteer-core';
import { preview } from 'vite';
import { inspect } from './inspect.mjs';
import { writeIndex } from './report.mjs';
import { SCREENS } from './screens.mjs';
import { few, LOOKS, whole } from './variants.mjs';
import { judged, prepare, visit } from './visit.mjs';

const { values: given } = parseArgs({
  options: { out: { type: 'string' }, few: { type: 'boolean' }, only: { type: 'string', multiple: true }, variant: { type: 'string' }, looks: { type: 'string' }, mockups: { type: 'string' }, jobs: { type: 'string', default: '2' } },
});

const chosen = SCREENS.filter(({ id }) => given.only === undefined || given.only.some((part) => id.includes(part)));
// `--variant large-de`: only visits whose size and language begin so; for whoever mends one.
const looks = given.looks?.split(',') ?? Object.keys(LOOKS);
const visits = (given.few ? few(chosen) : whole(chosen))
  .filter(({ size, language }) => given.variant === undefined || `${size}-${language}`.startsWith(given.variant))
  .map((one) => ({ ...one, looks: one.looks.filter((look) => looks.includes(look)) }))
  .filter((one) => one.looks.length > 0);

// Under the shell's content security policy.
const shell = JSON.parse(await readFile(new URL('../../src-tauri/tauri.conf.json', import.meta.url), 'utf8'));
const headers = { 'Content-Security-Policy': shell.app.security.csp };
const server = await preview({ root: new URL('..', import.meta.url).pathname, preview: { port: 0, headers }, build: { outDir: process.env.DIST ?? 'dist' }, logLevel: 'warn' });
const base = server.resolvedUrls.local[0];
const folder = given.out ?? null;
if (folder !== null) await mkdir(folder, { recursive: true });

const open = () => puppeteer.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--hide-scrollbars', '--font-render-hinting=none'] });

/** A page with each fault: an inspector that finds nothing there would find nothing anywhere. */
async function tried(browser) {
  const page = await browser.newPage();
  await page.setViewport({ width: 900, height: 600 });
  await page.setContent(await readFile(new URL('faults.html', import.meta.url), 'utf8'));
  const found = [...(await page.evaluate(inspect)), ...(await judged(page)).map((fault) => fault.slice(0, 'axe color-contrast'.length))].sort();
  await page.close();
  const expected = [
    'a value is missing: Hello {{name}}',
    'axe color-contrast',
    'covered: under a sheet',
    'cut off: a cut word that goes on',
    'cut off: a key with an ellipsis',
    'cut off: beyond the edge of the window',
    'higher than the window: the page',
    'off the window: off by being fixed',
    'over one another: one over | the other',
    'scrolls sideways: the window',
    'scrolls sideways: a page that is too wide',
  ];
  const [missing, extra] = [expected.filter((fault) => !found.includes(fault)), found.filter((fault) => !expected.includes(fault))];
  if (missing.length > 0 || extra.length > 0) throw new Error(`the inspector is wrong about gallery/faults.html; not found: ${missing.join('; ')}; found besides: ${extra.join('; ')}`);
}

const results = [];
const left = visits.map((one, at) => ({ one, at }));
async function work() {
  let browser = await open();
  if (left.length === visits.length) await tried(browser);
  let ready = await prepare(browser);
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const found = await visit(ready, base, next.one, folder);
    results.push(...found.map((result) => ({ ...result, at: next.at })));
    for (const { name, faults } of found) {
      for (const fault of faults) console.error(`  ${name}: ${fault}`);
    }
    // A browser that has shown hundreds of pages is slow.
    if (results.length % 200 < found.length) {
      await browser.close();
      browser = await open();
      ready = await prepare(browser);
    }
  }
  await browser.close();
}
await Promise.all(Array.from({ length: Math.max(1, Number(given.jobs)) }, work));
await server.close();

results.sort((a, b) => a.at - b.at);
const failed = results.filter(({ faults }) => faults.length > 0).length;
if (folder !== null) {
  await writeIndex(folder, results, given.mockups ?? null);
  console.log(`${folder}/index.html`);
}
// In the words of the test runner, which xtask counts.
console.log(`      Tests  ${failed > 0 ? `${failed} failed | ` : ''}${results.length - failed} passed (${results.length})`);
process.exit(failed > 0 || results.length === 0 ? 1 : 0);
