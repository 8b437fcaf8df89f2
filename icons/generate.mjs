// node icons/generate.mjs: draws all application icons from app.svg (and app-small.svg below 64 px).
// Needs the packages of ui/ and a Chromium; the results are committed.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const here = new URL('./', import.meta.url);
const require = createRequire(new URL('../ui/package.json', import.meta.url));
const { default: puppeteer } = await import(pathToFileURL(require.resolve('puppeteer-core')).href);

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
const large = await readFile(new URL('app.svg', here), 'utf8');
const small = await readFile(new URL('app-small.svg', here), 'utf8');
const made = new Map();

/** The icon as PNG with alpha, `size` pixels square. */
async function png(size) {
  if (!made.has(size)) {
    await page.setViewport({ width: size, height: size });
    await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${size < 64 ? small : large}`);
    made.set(size, Buffer.from(await page.screenshot({ omitBackground: true })));
  }
  return made.get(size);
}

/** Windows icon: a directory, then each size as PNG. */
async function ico(sizes) {
  const images = await Promise.all(sizes.map(png));
  const head = Buffer.alloc(6 + 16 * sizes.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(sizes.length, 4);
  let offset = head.length;
  sizes.forEach((size, at) => {
    const entry = 6 + 16 * at;
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(images[at].length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += images[at].length;
  });
  return Buffer.concat([head, ...images]);
}

/** macOS icon: chunks of four letters and a big-endian length, PNG inside. */
async function icns(types) {
  const chunks = [];
  for (const [type, size] of Object.entries(types)) {
    const data = await png(size);
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(8 + data.length, 4);
    chunks.push(head, data);
  }
  const body = Buffer.concat(chunks);
  const head = Buffer.alloc(8);
  head.write('icns', 'latin1');
  head.writeUInt32BE(8 + body.length, 4);
  return Buffer.concat([head, body]);
}

const write = (name, data) => writeFile(new URL(name, here), data);
for (const size of [16, 22, 24, 32, 48, 64, 128, 256, 512]) await write(`${size}x${size}.png`, await png(size));
await write('128x128@2x.png', await png(256));
await write('icon.png', await png(512));
await write('icon.ico', await ico([16, 24, 32, 48, 64, 256]));
await write('icon.icns', await icns({ ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 }));
await browser.close();
