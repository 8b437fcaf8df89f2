// A real web participant: livekit-client in Debian's Chromium, driven from the command line.
//
//   node peer.mjs --url ws://… --token … [--codec default|vp9|vp8|h264|off] [--size 1280x720] [--fps 30]
//     [--sound off|tone:440|file:PATH] [--record FILE.wav] [--record-from IDENTITY] [--adaptive] [--tile 640x360]
//     [--no-codes] [--headed] [--for SECONDS] [--report FILE.json]
//
// Events come as JSON lines on standard output (`joined`, `participant`, `track`, `picture`, `muted`, `chat`, `data`,
// `attributes`, `name`, `permissions`, `metadata`, …, finally `report`); commands go as JSON lines to standard input:
// {"do":"chat","text":"…"}, {"do":"visioChat","text":"…"}, {"do":"notify","message":{"type":"…"},"to":["IDENTITY"]},
// {"do":"share","width":1280,"height":720,"fps":15,"text":false}, {"do":"unshare"}, {"do":"mute","source":"microphone","muted":true}, {"do":"quality","quality":"low"}, {"do":"tile","width":320,"height":180},
// {"do":"look","identity":"…","source":"screen_share","file":"FILE.png"}, {"do":"report"}, {"do":"leave"}. The end of the standard input leaves as well. VISAVIS_NODE_MODULES is the folder with the packages.
import { createReadStream, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MODULES, launch } from './chromium.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.map': 'application/json', '.wav': 'audio/wav' };

const { values: given } = parseArgs({
  options: {
    url: { type: 'string' }, token: { type: 'string' }, codec: { type: 'string', default: 'default' },
    size: { type: 'string', default: '1280x720' }, fps: { type: 'string', default: '30' }, sound: { type: 'string', default: 'tone:440' },
    record: { type: 'string' }, 'record-from': { type: 'string' }, adaptive: { type: 'boolean', default: false },
    tile: { type: 'string', default: '640x360' }, 'no-codes': { type: 'boolean', default: false }, headed: { type: 'boolean', default: false },
    for: { type: 'string' }, report: { type: 'string' }, chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const pair = (text) => text.split('x').map(Number);

function wav(samples) {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0); header.writeUInt32LE(36 + samples.length, 4); header.write('WAVEfmt ', 8); header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); header.writeUInt16LE(1, 22); header.writeUInt32LE(48000, 24); header.writeUInt32LE(96000, 28);
  header.writeUInt16LE(2, 32); header.writeUInt16LE(16, 34); header.write('data', 36); header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

// The page, its packages and the sound, on loopback only.
const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url, 'http://peer').pathname);
  if (request.method === 'POST' && path === '/recording' && given.record) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    writeFileSync(given.record, wav(Buffer.concat(pieces)));
    response.end();
    return;
  }
  const file = path === '/sound' ? given.sound.slice(5)
    : path.startsWith('/node_modules/') ? join(MODULES, path.slice('/node_modules/'.length)) : join(HERE, path);
  response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
  createReadStream(file).on('error', () => { response.statusCode = 404; response.end(); }).pipe(response);
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));

const { browser, close } = await launch({ executablePath: given.chromium, headed: given.headed });

let over = false;
async function end(code, page) {
  if (over) return;
  over = true;
  try {
    if (page) {
      const report = await page.evaluate(() => window.peer.leave());
      if (given.report) writeFileSync(given.report, JSON.stringify(report, null, 1));
      say({ event: 'report', report });
    }
  } catch (error) {
    say({ event: 'failed', cause: String(error) });
    code = 1;
  }
  await close();
  process.exit(code);
}

try {
  const [page] = await browser.pages();
  page.on('pageerror', (error) => process.stderr.write(`page: ${error}\n`));
  page.on('console', (message) => { if (['warn', 'error'].includes(message.type())) process.stderr.write(`console: ${message.text()}\n`); });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(0, page));
  await page.exposeFunction('peerEvent', say);
  const ready = new Promise((done) => page.exposeFunction('peerReady', done));
  await page.goto(`http://127.0.0.1:${server.address().port}/page.html`);
  await ready;
  say({ event: 'browser', pid: browser.process().pid, version: await browser.version() });
  await page.evaluate((options) => window.peer.join(options), {
    url: given.url, token: given.token, codec: given.codec, size: pair(given.size), fps: Number(given.fps), tile: pair(given.tile),
    sound: given.sound.startsWith('file:') ? 'file' : given.sound, record: Boolean(given.record), recordFrom: given['record-from'],
    adaptive: given.adaptive, codes: !given['no-codes'],
  });
  if (given.for) setTimeout(() => end(0, page), Number(given.for) * 1000);
  createInterface({ input: process.stdin }).on('line', async (line) => {
    if (line.trim() === '') return;
    const command = JSON.parse(line);
    if (command.do === 'leave') return void end(0, page);
    try {
      const answer = await page.evaluate((given) => window.peer[given.do](given), command);
      if (command.do === 'look') {
        if (answer) writeFileSync(command.file, Buffer.from(answer, 'base64'));
        say({ event: 'looked', file: command.file, found: Boolean(answer) });
      }
      if (command.do === 'report') say({ event: 'stats', report: answer });
    } catch (error) {
      say({ event: 'failed', cause: `${command.do}: ${error}` });
    }
  }).on('close', () => { if (!given.for) end(0, page); });
} catch (error) {
  say({ event: 'failed', cause: String(error) });
  await end(1, null);
}
