import type { i18n } from 'i18next';

const ACCENTS: Record<string, string> = { a: 'á', e: 'é', i: 'ï', o: 'ö', u: 'û', A: 'Å', E: 'É', I: 'Î', O: 'Ø', U: 'Ü', c: 'ç', n: 'ñ', s: 'š', y: 'ý', z: 'ž' };
/** So much longer is a text than its English, as in the longest of our languages. */
const LONGER = 0.4;

/**
 * A text as no language writes it: with accents, 40 % longer, between brackets, so that what is cut off, what is too long, and what is no text of ours, are seen.
 *
 * Values (`{{name}}`) and emphasis (`<b>`) stay as they are.
 */
export function pseudo(text: string): string {
  const letters = text.replace(/\{\{.*?\}\}|<\/?\w+>/g, '').length;
  const accented = text.replace(/\{\{.*?\}\}|<\/?\w+>|./g, (piece) => ACCENTS[piece] ?? piece);
  const words = ' lórém ïpsûm dölör šït'.repeat(Math.ceil((letters * LONGER) / 22));
  return `⟦${accented}${words.slice(0, Math.ceil(letters * LONGER))}⟧`;
}

/** Makes every text that is there a pseudo one. */
export function speakPseudo(texts: i18n): void {
  const { language } = texts;
  const walk = (value: unknown): unknown => (typeof value === 'string' ? pseudo(value) : Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, walk(inner)])));
  for (const name of texts.options.ns as string[]) texts.addResourceBundle(language, name, walk(texts.getResourceBundle(language, name)), false, true);
}
