import type { CaptionView } from '../engine/contract';

/** The language of captions in the reader's own words; empty where the server does not say, or says nonsense. */
export function languageName(tag: string, locale: string): string {
  if (tag === '') return '';
  try {
    return new Intl.DisplayNames([locale], { type: 'language', fallback: 'none' }).of(tag) ?? '';
  } catch {
    return '';
  }
}

/**
 * What of the captions is finished and was not spoken yet, in order; `spoken` (what was said of each, by id) is brought up to date.
 *
 * A caption grows sentence by sentence under one id: of one that was spoken in part, the rest is spoken.
 */
export function captionsToSpeak(captions: readonly CaptionView[], spoken: Map<string, string>): { id: string; name: string; text: string }[] {
  return captions.flatMap(({ id, name, text, finished }) => {
    const words = text.trim();
    const before = spoken.get(id);
    if (!finished || words === '' || before === words) return [];
    spoken.set(id, words);
    return [{ id: `${id} ${words.length}`, name, text: before !== undefined && words.startsWith(before) ? words.slice(before.length).trim() : words }];
  });
}
