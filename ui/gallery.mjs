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
  '01-home-calendar': ['scenario=home-calendar', 1280, 900],
  '01-home-calendar-narrow-de': ['scenario=home-calendar&lang=de', 480, 1000],
  '01-home-calendar-two': ['scenario=home-calendar-two', 1280, 1100, (page) => page.click('[data-testid="calendar-week"]')],
  '01-home-calendar-two-narrow-nl': ['scenario=home-calendar-two&lang=nl', 480, 1400, (page) => page.click('[data-testid="calendar-week"]')],
  '01-home-calendar-failed': ['scenario=home-calendar-failed&theme=dark&lang=en', 1280, 800],
  '01-home-calendar-connect': ['scenario=home-calendar-free', 1280, 800, (page) => arrows(page, 'Tab').then(() => page.click('[data-testid="calendar"]')).then(() => page.click('[data-testid="calendar-other"]'))],
  '01-home-calendar-connected': ['scenario=home-calendar-later&lang=nl', 1280, 800, (page) => page.click('[data-testid="calendar"]')],
  '01-home-recent': ['scenario=home-recent', 1280, 800],
  '01-home-server-unknown': ['scenario=home-server-unknown', 1280, 800],
  '21-home-accounts': ['scenario=home-accounts', 1280, 900],
  '21-home-accounts-dark': ['scenario=home-accounts&theme=dark&lang=en', 1280, 900],
  '21-home-accounts-narrow-de': ['scenario=home-accounts&lang=de', 480, 1400],
  '21-home-accounts-contrast': ['scenario=home-accounts&theme=more&lang=nl', 1280, 900],
  '21-home-many-rooms': ['scenario=home-many-rooms', 1280, 1000],
  '21-home-rooms-unread': ['scenario=home-rooms-unread', 1280, 900],
  '21-home-signed-out': ['scenario=home-signed-out', 1280, 800],
  '21-home-signing-in': ['scenario=home-signing-in', 1280, 800],
  '21-home-sign-in-failed': ['scenario=home-sign-in-failed&theme=dark', 1280, 1000],
  '21-new-meeting': ['scenario=home-accounts', 1280, 900, (page) => page.click('[data-testid="new-meeting"]')],
  '21-new-meeting-dark': ['scenario=home-recent&theme=dark&lang=de', 480, 800, (page) => page.click('[data-testid="new-meeting"]')],
  '21-new-meeting-signed-out': ['scenario=home-signed-out', 1280, 800, (page) => page.click('[data-testid="new-meeting"]')],
  '22-no-room-create': ['scenario=no-room-create', 1280, 800],
  '22-login-only': ['scenario=error-vis-join-login-34&theme=dark', 1280, 800],
  '22-prejoin-signed-out': ['scenario=prejoin-signed-out', 1280, 800],
  '22-prejoin-signed-out-narrow': ['scenario=prejoin-signed-out&lang=de&theme=dark', 480, 900],
  '22-prejoin-large': ['scenario=prejoin-large', 1280, 800],
  '22-lobby-lost': ['scenario=lobby-lost', 1280, 800],
  '22-lobby-lost-narrow': ['scenario=lobby-lost&theme=dark&lang=nl', 480, 900],
  '09-home-managed-narrow-de': ['scenario=home-managed&lang=de', 480, 1200],
  '09-rules-narrow-dark': ['scenario=home-managed&theme=dark', 480, 900, (page) => page.click('[data-testid="managed"]')],
  '09-rules-contrast': ['scenario=home-managed&theme=more&lang=nl', 1280, 900, (page) => page.click('[data-testid="managed"]')],
  '09-prejoin-managed': ['scenario=prejoin-managed', 1280, 800],
  '23-interpreter-share': ['scenario=call-share&interpreter=sofia', 1280, 800],
  '23-interpreter-grid': ['scenario=call-9&interpreter=sofia&layout=grid&read', 1280, 800],
  '23-interpreter-speaker': ['scenario=call-9&interpreter=julien&layout=speaker&read', 1280, 800],
  '23-interpreter-pages': ['scenario=call-30&interpreter=sofia', 1280, 800],
  '23-interpreter-narrow': ['scenario=call-share&interpreter=sofia', 480, 800],
  '23-interpreter-narrow-panel': ['scenario=call-9&interpreter=sofia&panels=chat&read', 480, 700],
  '23-interpreter-pair': ['scenario=call-captions&interpreter=julien', 1280, 800],
  '23-interpreter-only': ['scenario=call-2&interpreter=sofia', 1280, 800],
  '23-interpreter-menu': ['scenario=call-9&interpreter=sofia&layout=grid&read', 1280, 800, (page) => arrows(page, 'F6', 'Enter')],
  '23-pins': ['scenario=call-9&pinned=person:sofia,person:julien&read', 1280, 800],
  '23-pins-share-interpreter': ['scenario=call-share&pinned=screen:julien,person:nadia,person:amadou&interpreter=sofia', 1280, 800],
  '23-corner-top-left': ['scenario=call-2&corner=topLeft', 1280, 800],
  '23-corner-top-right': ['scenario=call-2&corner=topRight&theme=more', 1280, 800],
  '23-corner-bottom-left': ['scenario=call-2&corner=bottomLeft', 1280, 800],
  '23-corner-menu': ['scenario=call-2', 1280, 800, (page) => arrows(page, 'F6', 'ArrowRight', 'Enter')],
  '08-captions-unwritten': ['scenario=call-captions-unwritten', 1280, 800],
  '08-captions-save': ['scenario=call-captions&panels=captions', 1280, 800, (page) => page.click('[data-testid="save-captions"]')],
  '17-alone': ['scenario=call-alone', 1280, 800],
  '17-alone-narrow-de': ['scenario=call-alone&lang=de', 480, 700],
  '17-muted-by': ['scenario=call-muted-by', 1280, 800],
  '17-large': ['scenario=call-large', 1280, 800],
  '18-ended-alone': ['scenario=ended-alone', 1280, 800],
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
  '20-offer': ['scenario=call-offer', 1280, 800],
  '20-offer-narrow-de': ['scenario=call-offer&lang=de', 480, 700],
  '20-recording': ['scenario=call-recording', 1280, 800],
  '20-recording-narrow-de': ['scenario=call-recording&lang=de', 480, 700],
  '20-transcript': ['scenario=call-transcript', 1280, 800],
  '20-recording-start': ['scenario=call-moderate', 1280, 800, async (page) => { await page.keyboard.down('Control'); await page.keyboard.down('Shift'); await page.keyboard.press('L'); await page.keyboard.up('Shift'); await page.keyboard.up('Control'); }],
  '20-asked': ['scenario=call-asked', 1280, 800],
  '20-refused': ['scenario=call-refused', 1280, 800],
  '06-call-share': ['scenario=call-share', 1280, 800],
  '06-share-zoomed': ['scenario=call-share', 1280, 800, (page) => arrows(page, 'F6', '1', '+', '+', '+')],
  '06-shares': ['scenario=call-shares', 1280, 800],
  '06-shares-one-dark': ['scenario=call-shares&theme=dark&lang=de', 1280, 800, async (page) => { await page.click('[role="tab"]:nth-child(3)'); await arrows(page, 'Tab', '1'); }],
  '06-shares-narrow': ['scenario=call-shares', 480, 700],
  '17-messages': ['scenario=call-muted', 1280, 800, (page) => item(page, 'Messages récents', '[data-testid="panel-messages"]')],
  '17-messages-dark-de': ['scenario=call-muted&theme=dark&lang=de', 1280, 800, (page) => item(page, 'Letzte Meldungen', '[data-testid="panel-messages"]')],
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
async function item(page, text, shown = '[role="dialog"]') {
  await page.click('[data-testid="more"]');
  await page.locator(`[role="menuitem"] ::-p-text(${text})`).click();
  await page.waitForSelector(shown);
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
