import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { inspect } from './inspect.mjs';
import { LOOKS, nameOf, sizeOf } from './variants.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The time of all pictures: that of the fake engine's scenarios. */
const NOW = Date.UTC(2026, 10, 24, 10, 0, 0);
// A busy machine gives a run at idle priority a second now and then.
const PATIENCE_MS = 120_000;

/** Rules that see what is not there. */
const OFF = {
  // An experiment: it takes a count in a badge for a part of the word beside it ("People2"), which the label says in words ("People, 2 people").
  'label-content-name-mismatch': { enabled: false },
  // It takes a label that has to be scrolled to for one that is hidden.
  'label-title-only': { enabled: false },
};
/** The bar over other windows is a row of keys, and no page. */
const NO_PAGE = { 'page-has-heading-one': { enabled: false }, region: { enabled: false } };

/** What axe is asked: WCAG 2.2 AA with the target sizes, and what it advises besides. */
const RULES = { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }, rules: { 'target-size': { enabled: true }, ...OFF }, resultTypes: ['violations'] };
const COLOURS = { runOnly: { type: 'rule', values: ['color-contrast'] }, resultTypes: ['violations'] };

/** Makes a page that is ready for visits: our time, our zone, nothing that moves. */
export async function prepare(browser) {
  const page = await browser.newPage();
  await page.emulateTimezone('Europe/Paris');
  await page.evaluateOnNewDocument((now) => {
    // The clock stands still, so that two runs give the same pictures.
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) {
        if (given.length === 0) super(now);
        else super(...given);
      }
      static now() {
        return now;
      }
    };
  }, NOW);
  const session = await page.createCDPSession();
  const errors = [];
  page.on('pageerror', (error) => errors.push(`an error in the page: ${error}`));
  page.on('console', (message) => message.type() === 'error' && errors.push(`an error in the page: ${message.text()}`));
  return { page, session, errors };
}

/** Opens a screen, puts on one look after the other, and says what is wrong with each. `folder`: where pictures go, if they are wanted. */
export async function visit({ page, session, errors }, base, one, folder) {
  const { screen, language, size, looks } = one;
  const { width, height, text } = sizeOf(screen.place, size);
  errors.length = 0;
  const found = [];
  const failed = (why) => looks.map((look) => ({ name: nameOf(one, look), screen: screen.id, look, faults: [why] }));
  try {
    await page.setViewport({ width, height, deviceScaleFactor: 1 });
    await wear(session, looks[0]);
    const query = new URLSearchParams(screen.query);
    const spoken = language === 'pseudo' ? [['lang', 'en'], ['pseudo', '']] : [['lang', language]];
    for (const [name, value] of [['still', ''], ['text', String(text)], ...spoken]) query.set(name, value);
    // A place alone would not load the page anew.
    await page.goto('about:blank');
    await page.goto(`${base}?${query}${screen.place}`, { waitUntil: 'load', timeout: PATIENCE_MS });
    await page.waitForFunction(() => document.querySelector('#root h1, #root main, #root [data-testid]') !== null, { timeout: PATIENCE_MS });
    await dress(page, looks[0]);
    await settled(page);
    await screen.act?.(page);
  } catch (error) {
    return failed(`could not be shown: ${error.message.split('\n')[0]}`);
  }
  for (const [at, look] of looks.entries()) {
    await wear(session, look);
    await dress(page, look);
    await settled(page);
    const name = nameOf(one, look);
    if (folder !== null) await page.screenshot({ path: path.join(folder, `${name}.jpg`), type: 'jpeg', quality: 85, optimizeForSpeed: true });
    const faults = await page.evaluate(inspect);
    // Under forced colours they are the reader's own.
    const apart = screen.place === '#bar' ? NO_PAGE : {};
    const rules = at === 0 ? { ...RULES, rules: { ...RULES.rules, ...apart, 'color-contrast': { enabled: look !== 'forced' } } } : look === 'forced' ? null : COLOURS;
    if (rules !== null) faults.push(...(await judged(page, rules)));
    faults.push(...errors.splice(0));
    found.push({ name, screen: screen.id, look, faults });
  }
  return found;
}

/** What the system asks for. */
function wear(session, look) {
  const media = { 'prefers-reduced-motion': 'reduce', 'prefers-color-scheme': 'light', 'forced-colors': 'none', ...LOOKS[look].media };
  return session.send('Emulation.setEmulatedMedia', { media: '', features: Object.entries(media).map(([name, value]) => ({ name, value })) });
}

/** What the person has set. */
function dress(page, look) {
  return page.evaluate((settings) => {
    const engine = globalThis.fake;
    if (engine !== undefined) engine.patch({ key: 'settings', value: { ...engine.snapshot.settings, theme: 'system', contrast: 'system', ...settings } });
  }, LOOKS[look].settings);
}

/** Fonts are there, layouts have answered one another, pictures are painted. */
async function settled(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frames = 0; frames < 3; frames += 1) await new Promise((done) => requestAnimationFrame(done));
    await new Promise((done) => setTimeout(done, 60));
  });
}

export async function judged(page, rules = RULES) {
  // Once a page: it is long, and read anew each time.
  if (!(await page.evaluate(() => globalThis.axe !== undefined))) await page.evaluate(axe);
  // What lies over everything belongs to no region of the page.
  const isOpen = await page.evaluate(() => document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null);
  const violations = await page.evaluate(async (options) => {
    const { violations: all } = await globalThis.axe.run(document, options);
    return all.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html, any }) => `axe ${id}: ${(any[0]?.message ?? '').slice(0, 160)} ${html.slice(0, 120)}`));
  }, isOpen && rules.runOnly.type === 'tag' ? { ...rules, rules: { ...rules.rules, region: { enabled: false } } } : rules);
  return violations;
}
