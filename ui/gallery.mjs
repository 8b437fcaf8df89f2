// node gallery.mjs <folder> [scenario…]: a picture of each scenario, by Debian's Chromium. Needs `npm run build`; DIST= names another folder of the build.
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import puppeteer from 'puppeteer-core';
import { preview } from 'vite';

const [folder, ...only] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node gallery.mjs <folder> [name…]');
  process.exit(2);
}

/** name: [query, width, height, what to do first]; the numbers are those of the mock-ups. */
const SHOTS = {
  '01-home': ['scenario=home', 1280, 800],
  '01-home-unknown': ['scenario=home-unknown', 1280, 800],
  '01b-home-dark': ['scenario=home&theme=dark', 1280, 800],
  '01c-home-narrow': ['scenario=home', 480, 700],
  '02-prejoin': ['scenario=prejoin', 1280, 800],
  '02b-prejoin-narrow': ['scenario=prejoin', 480, 700],
  '02-prejoin-no-camera': ['scenario=prejoin-no-camera', 1280, 800],
  '03-joining': ['scenario=joining', 1280, 800],
  '04-call-2': ['scenario=call-2', 1280, 800],
  '04-call-1': ['scenario=call-1', 1280, 800],
  '05-call-9': ['scenario=call-9&layout=grid&read', 1280, 800],
  '05-call-9-focus': ['scenario=call-9&layout=grid&read', 1280, 800, (page) => arrows(page, 'F6', 'ArrowRight', 'ArrowDown')],
  '05-tile-menu': ['scenario=call-9&layout=grid&read', 1280, 800, (page) => arrows(page, 'F6', 'Enter')],
  '05-device-menu': ['scenario=call-2', 1280, 800, (page) => page.click('[aria-label="Choisir le micro"]')],
  '05-more-menu': ['scenario=call-2', 1280, 800, (page) => page.click('[data-testid="more"]')],
  '05-evidence': ['scenario=call-2', 1280, 800, (page) => page.click('[data-testid="hearing"]')],
  '05-shortcuts': ['scenario=call-2', 1280, 800, (page) => arrows(page, 'F1')],
  '05-speaker': ['scenario=call-9&layout=speaker&read', 1280, 800],
  '05b-call-9-de': ['scenario=call-9&lang=de&read', 1280, 800],
  '05-call-30': ['scenario=call-30', 1280, 800],
  '05-call-muted': ['scenario=call-muted', 1280, 800],
  '07-panels-narrow': ['scenario=call-9&panels=chat&read', 480, 700],
  '03-lobby': ['scenario=lobby', 1280, 800],
  '03-lobby-narrow': ['scenario=lobby-throttled', 480, 700],
  '01-home-recent': ['scenario=home-recent', 1280, 800],
  '01-home-server-unknown': ['scenario=home-server-unknown', 1280, 800],
  '07-moderate': ['scenario=call-moderate&layout=grid&panels=people,chat', 1280, 800],
  '07-waiting': ['scenario=call-waiting&panels=people', 1280, 800],
  '07-waiting-banner': ['scenario=call-waiting', 1280, 800],
  '07-person-menu': ['scenario=call-moderate&panels=people', 1280, 800, (page) => page.click('[data-testid="person-menu"]')],
  '07-meeting': ['scenario=call-moderate&panels=meeting', 1280, 800],
  '07-waiting-narrow-de': ['scenario=call-waiting&panels=people&lang=de', 480, 700],
  '08-captions': ['scenario=call-captions&panels=captions&layout=grid', 1280, 800],
  '08-captions-narrow': ['scenario=call-captions', 480, 700],
  '19-reactions': ['scenario=call-reactions&layout=grid', 1280, 800],
  '19-react': ['scenario=call-hand', 1280, 800, (page) => page.click('[data-testid="react"]')],
  '19-react-more': ['scenario=call-hand', 900, 700, (page) => item(page, 'Réagir')],
  '20-recording': ['scenario=call-recording', 1280, 800],
  '20-recording-narrow-de': ['scenario=call-recording&lang=de', 480, 700],
  '20-transcript': ['scenario=call-transcript', 1280, 800],
  '20-recording-start': ['scenario=call-moderate', 1280, 800, async (page) => { await page.keyboard.down('Control'); await page.keyboard.down('Shift'); await page.keyboard.press('L'); await page.keyboard.up('Shift'); await page.keyboard.up('Control'); }],
  '20-asked': ['scenario=call-asked', 1280, 800],
  '20-refused': ['scenario=call-refused', 1280, 800],
  '06-call-share': ['scenario=call-share', 1280, 800],
  '07-panels': ['scenario=call-9&panels=people,chat&read', 1280, 800],
  '12-call-high-contrast': ['scenario=call-9&theme=more&read', 1280, 800],
  '13-error': ['scenario=error-vis-srv-timeout-08', 1280, 800],
  '13-error-token': ['scenario=error-vis-join-token-38', 1280, 800],
  '15-call-narrow-de': ['scenario=call-9&lang=de&read', 480, 700],
  '16-prejoin-mic-blocked': ['scenario=prejoin-mic-blocked&theme=dark&platform=windows', 1280, 800],
  '17-reconnecting': ['scenario=reconnecting&layout=grid', 1280, 800],
  '18-ended': ['scenario=ended', 1280, 800],
  '18-ended-other-device': ['scenario=ended-other-device', 1280, 800],
};

/** Chooses in *More*. */
async function item(page, text) {
  await page.click('[data-testid="more"]');
  await page.locator(`[role="menuitem"] ::-p-text(${text})`).click();
  await page.waitForSelector('[role="dialog"]');
}

async function arrows(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

// Under the rules of the shell: its content security policy, and a frozen Object.prototype.
const shell = JSON.parse(await readFile(new URL('../src-tauri/tauri.conf.json', import.meta.url), 'utf8'));
const headers = { 'Content-Security-Policy': shell.app.security.csp };
const server = await preview({ preview: { port: 0, headers }, build: { outDir: process.env.DIST ?? 'dist' }, logLevel: 'warn' });
const base = server.resolvedUrls.local[0];
await mkdir(folder, { recursive: true });

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--hide-scrollbars'],
});
const page = await browser.newPage();
await page.evaluateOnNewDocument('Object.freeze(Object.prototype)');
page.on('pageerror', (error) => console.error(`  ${error}`));
page.on('console', (message) => message.type() === 'error' && console.error(`  ${message.text()}`));

for (const [name, [query, width, height, act]] of Object.entries(SHOTS)) {
  if (only.length > 0 && !only.some((part) => name.includes(part))) continue;
  const params = new URLSearchParams({ still: '', lang: 'fr', theme: 'light', ...Object.fromEntries(new URLSearchParams(query)) });
  await page.setViewport({ width, height, deviceScaleFactor: 1 });
  await page.goto(`${base}?${params}`, { waitUntil: 'networkidle0' });
  await act?.(page);
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 250))));
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
  console.log(name);
}
await browser.close();
await server.close();
