// node gallery.mjs <folder> [scenario…]: a picture of each scenario, by Debian's Chromium. Needs `npm run build`.
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { preview } from 'vite';

const [folder, ...only] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node gallery.mjs <folder> [name…]');
  process.exit(2);
}

/** name: [query, width, height]; the numbers are those of the mock-ups. */
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
  '05-call-9': ['scenario=call-9', 1280, 800],
  '05b-call-9-de': ['scenario=call-9&lang=de', 1280, 800],
  '05-call-30': ['scenario=call-30', 1280, 800],
  '05-call-muted': ['scenario=call-muted', 1280, 800],
  '06-call-share': ['scenario=call-share', 1280, 800],
  '07-panels': ['scenario=call-9&panels=people,chat', 1280, 800],
  '12-call-high-contrast': ['scenario=call-9&theme=more', 1280, 800],
  '13-error': ['scenario=error-vis-srv-timeout-08', 1280, 800],
  '13-error-token': ['scenario=error-vis-join-token-38', 1280, 800],
  '15-call-narrow-de': ['scenario=call-9&lang=de', 480, 700],
  '16-prejoin-mic-blocked': ['scenario=prejoin-mic-blocked&theme=dark&platform=windows', 1280, 800],
  '17-reconnecting': ['scenario=reconnecting', 1280, 800],
  '18-ended': ['scenario=ended', 1280, 800],
  '18-ended-other-device': ['scenario=ended-other-device', 1280, 800],
};

const server = await preview({ preview: { port: 0 }, logLevel: 'warn' });
const base = server.resolvedUrls.local[0];
await mkdir(folder, { recursive: true });

function shoot(name, [query, width, height]) {
  const url = `${base}?still&lang=fr&theme=light&${query}`.replace(/lang=fr&(.*lang=)/, '$1').replace(/theme=light&(.*theme=)/, '$1');
  const args = [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1',
    '--virtual-time-budget=3000', `--window-size=${width},${height}`,
    `--screenshot=${path.resolve(folder, `${name}.png`)}`, url,
  ];
  return new Promise((resolve, reject) => {
    const chromium = spawn(process.env.CHROMIUM ?? 'chromium', args, { stdio: 'ignore' });
    chromium.on('error', reject);
    chromium.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${name}: chromium left with ${code}`))));
  });
}

for (const [name, shot] of Object.entries(SHOTS)) {
  if (only.length > 0 && !only.some((part) => name.includes(part))) continue;
  await shoot(name, shot);
  console.log(name);
}
await server.close();
