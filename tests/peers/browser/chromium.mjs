// Debian's Chromium with a profile of its own, quiet and without its own network traffic.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The folder with the packages.
export const MODULES = process.env.VISAVIS_NODE_MODULES ?? join(fileURLToPath(new URL('.', import.meta.url)), 'node_modules');

export async function launch({ executablePath = '/usr/bin/chromium', headed = false } = {}) {
  const puppeteer = createRequire(join(MODULES, 'any.js'))('puppeteer-core');
  const userDataDir = mkdtempSync(join(tmpdir(), 'visavis-browser-'));
  const browser = await puppeteer.launch({
    executablePath, headless: !headed, userDataDir, defaultViewport: null, protocolTimeout: 120_000,
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--disable-gpu', '--autoplay-policy=no-user-gesture-required', '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows', '--window-size=1280,800'],
  });
  const close = async () => {
    await browser.close().catch(() => {});
    rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  return { browser, close };
}
