import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const css = readFileSync(path.resolve(import.meta.dirname, 'tokens.css'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');

/** The custom properties of the first rule that begins with `selector`. */
function rule(selector: string): Record<string, string> {
  const from = css.indexOf(`${selector} {`);
  if (from < 0) throw new Error(`no rule ${selector}`);
  const body = css.slice(css.indexOf('{', from) + 1, css.indexOf('}', from));
  return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? '', (match[2] ?? '').trim()]));
}

const root = rule(':root');
const light = { ...root, ...rule(':root, [data-theme="light"]') };
const THEMES = {
  light,
  dark: { ...root, ...rule('[data-theme="dark"]') },
  more: { ...light, ...rule('[data-contrast="more"], [data-brand][data-contrast="more"]') },
};

type Colour = [number, number, number];

/** A token's colour; what is translucent lies over `under`. */
function colour(theme: Record<string, string>, token: string, under: Colour): Colour {
  let value = theme[token] ?? '';
  for (let inner = /^var\(--([\w-]+)\)$/.exec(value); inner !== null; inner = /^var\(--([\w-]+)\)$/.exec(value)) value = theme[inner[1] ?? ''] ?? '';
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(value);
  if (hex !== null) return [1, 2, 3].map((at) => Number.parseInt(hex[at] ?? '', 16)) as Colour;
  const rgb = /^rgb\((\d+) (\d+) (\d+) \/ ([\d.]+)\)$/.exec(value);
  if (rgb === null) throw new Error(`${token} is no colour: ${value}`);
  const alpha = Number(rgb[4]);
  return under.map((below, at) => Number(rgb[at + 1]) * alpha + below * (1 - alpha)) as Colour;
}

function luminance(rgb: Colour): number {
  const [r, g, b] = rgb.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as Colour;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2 contrast. Scrim and veil are counted over white video, their worst case. */
function contrast(theme: Record<string, string>, front: string, back: string): number {
  const white: Colour = [255, 255, 255];
  const below = colour(theme, back, white);
  const [high = 0, low = 0] = [luminance(colour(theme, front, below)), luminance(below)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

/** Foreground, background, least contrast: 7 for body text (our own floor), 4.5 for other text, 3 for edges. */
const PAIRS: [string, string, number][] = [
  ['text', 'canvas', 7], ['text', 'surface', 7], ['text', 'surface-2', 7], ['text', 'warn-soft', 7], ['text', 'accent-soft', 7],
  ['text-2', 'canvas', 4.5], ['text-2', 'surface', 4.5], ['text-2', 'surface-2', 4.5], ['text-link', 'surface', 4.5],
  ['on-accent', 'accent', 4.5], ['on-accent', 'accent-hover', 4.5], ['on-accent-soft', 'accent-soft', 4.5],
  ['ok', 'surface', 4.5], ['ok', 'ok-soft', 4.5], ['ok', 'canvas', 4.5], ['warn', 'canvas', 4.5], ['warn', 'warn-soft', 4.5],
  ['danger', 'surface', 4.5], ['danger', 'danger-soft', 4.5], ['border-strong', 'surface', 3], ['border-strong', 'canvas', 3],
  ['on-hero', 'hero', 7], ['on-hero-key', 'hero-key', 7], ['hero-key', 'hero', 3], ['focus', 'surface', 3], ['focus', 'canvas', 3],
  ['stage-text', 'stage', 7], ['stage-text', 'stage-raised', 7], ['stage-text', 'stage-raised-2', 7], ['stage-text', 'stage-warn', 7],
  ['stage-text', 'scrim', 7], ['stage-text', 'veil', 7], ['stage-text-2', 'stage', 4.5], ['stage-text-2', 'stage-tile', 4.5],
  ['stage-text-2', 'scrim', 4.5], ['voice', 'scrim', 4.5], ['net', 'scrim', 4.5], ['off-ink', 'scrim', 4.5], ['off-ink', 'stage', 4.5],
  ['voice', 'stage', 3], ['on-hand', 'hand', 4.5], ['on-stage-danger', 'stage-danger', 4.5], ['stage-danger', 'stage', 3],
  ['on-off', 'off', 4.5], ['off', 'stage', 3], ['on-key-on', 'key-on', 7], ['rec-text', 'stage', 7], ['rec', 'stage', 3],
  ['focus-in', 'focus-out', 3],
];

it.each(Object.entries(THEMES))('%s: all pairs have their contrast', (_, theme) => {
  const short = PAIRS.filter(([front, back, least]) => contrast(theme, front, back) < least).map(([front, back, least]) => `${front} on ${back}: ${contrast(theme, front, back).toFixed(2)} < ${least}`);
  expect(short).toEqual([]);
});

it('writes captions with contrast in each of their colours', () => {
  const band = readFileSync(path.resolve(import.meta.dirname, '../captions/captions.module.css'), 'utf8');
  for (const name of ['yellow', 'paper']) {
    const own = Object.fromEntries([...(new RegExp(`data-colours="${name}"\\] \\{([^}]*)\\}`).exec(band)?.[1] ?? '').matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? '', (match[2] ?? '').trim()]));
    const of = (token: string) => contrast(own, token, 'ground');
    expect([of('words') >= 7, of('dim') >= 4.5, of('speaker') >= 4.5], name).toEqual([true, true, true]);
  }
});

it('follows the system into the same dark theme', () => {
  expect(rule(':root:where(:not([data-theme]))')).toEqual(rule('[data-theme="dark"]'));
});
