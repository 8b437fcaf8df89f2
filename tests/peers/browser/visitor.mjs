// Somebody who looks at pages and fills in forms, in a real browser; no meeting.
//
//   node visitor.mjs
//
// Commands come as JSON lines on standard input, one after the other, each answered by {"event":"done",…}:
// {"do":"open","url":"…"} and {"do":"press","on":"CSS"} answer where that led: {"url":"…","title":"…"};
// {"do":"reach","start":"…"} waits until a page that goes on by itself is there, and answers the same;
// {"do":"write","into":"CSS","text":"…"}; {"do":"ask","method":"GET","path":"…","headers":{},"body":{}} asks the page's own
// server from the page: {"status":200,"body":…}; {"do":"cookies"} answers the browser's cookies; {"do":"forget","names":["…"]}
// deletes those. A failure is {"event":"failed"}. The end of the standard input ends the browser.
import { createInterface } from 'node:readline';
import { launch } from './chromium.mjs';

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const { browser, close } = await launch();
const [page] = await browser.pages();
page.setDefaultTimeout(50_000);
const place = async () => ({ url: page.url(), title: await page.title() });

const acts = {
  async open({ url }) {
    await page.goto(url);
    return place();
  },
  async write({ into, text }) {
    await page.waitForSelector(into);
    await page.$eval(into, (field) => { field.value = ''; });
    await page.type(into, text);
    return {};
  },
  async press({ on }) {
    await page.waitForSelector(on);
    await Promise.all([page.waitForNavigation(), page.click(on)]);
    return place();
  },
  // A page that goes on by itself, as the provider's that signs out.
  async reach({ start }) {
    await page.waitForFunction((start) => document.readyState === 'complete' && location.href.startsWith(start), {}, start);
    return place();
  },
  async ask({ method, path, headers, body }) {
    return page.evaluate(async (method, path, headers, body) => {
      const json = body ? { 'Content-Type': 'application/json' } : {};
      const answer = await fetch(path, { method, headers: { ...json, ...headers }, body: body ? JSON.stringify(body) : undefined });
      const text = await answer.text();
      try {
        return { status: answer.status, body: JSON.parse(text) };
      } catch {
        return { status: answer.status, body: text };
      }
    }, method ?? 'GET', path, headers ?? {}, body ?? null);
  },
  async cookies() {
    return { cookies: await browser.cookies() };
  },
  async forget({ names }) {
    const found = (await browser.cookies()).filter((cookie) => names.includes(cookie.name));
    await browser.deleteCookie(...found);
    return {};
  },
};

const input = createInterface({ input: process.stdin });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => input.close());
for await (const line of input) {
  if (line.trim() === '') continue;
  try {
    const command = JSON.parse(line);
    say({ event: 'done', ...(await acts[command.do](command)) });
  } catch (error) {
    say({ event: 'failed', cause: String(error) });
  }
}
await close();
