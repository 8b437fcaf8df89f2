import type { CaptionView } from '../engine/contract';

/** What one person said without another in between. */
export interface CaptionGroup {
  /** Of the first segment: stays while the group grows. */
  id: string;
  speaker: string | null;
  name: string;
  /** Of the last segment: a tag of BCP 47, or empty. */
  language: string;
  /** Unix milliseconds of the first word. */
  at: number;
  segments: string[];
  /** The last segment still grows. */
  growing: boolean;
}

/** Characters of one line in the band. */
const LINE_LENGTH = 70;
/** A silence of this length begins a new group, in milliseconds: the history then shows when. */
const PAUSE_MS = 120_000;

/** Captions by speaker, oldest first. Empty segments are nothing. */
export function groupCaptions(captions: readonly CaptionView[]): CaptionGroup[] {
  const groups: CaptionGroup[] = [];
  let lastAt = 0;
  for (const { id, speaker, name, text, language, finished, at } of captions) {
    const words = text.trim();
    if (words === '') continue;
    const last = groups.at(-1);
    if (last !== undefined && last.speaker === speaker && last.name === name && at - lastAt < PAUSE_MS) {
      last.segments.push(words);
      last.growing = !finished;
      last.language = language;
    } else groups.push({ id, speaker, name, language, at, segments: [words], growing: !finished });
    lastAt = at;
  }
  return groups;
}

/** What the band shows: the last speaker and the one before, each with the end of what they said, about `lines` long. */
export function bandOf(captions: readonly CaptionView[], lines: number): { id: string; name: string; text: string; language: string }[] {
  // Enough for two speakers; the history may be long, and this runs for every word.
  return groupCaptions(captions.slice(-24))
    .slice(-2)
    .map(({ id, name, language, segments }) => {
      let from = segments.length - 1;
      let length = segments[from]?.length ?? 0;
      while (from > 0 && length + (segments[from - 1]?.length ?? 0) <= lines * LINE_LENGTH) length += segments[--from]?.length ?? 0;
      return { id, name, language, text: segments.slice(from).join(' ') };
    });
}

/** Longest proposal for the name of a file, in characters; the shell takes no more. */
const LONGEST_NAME = 80;

/** A name that every system takes for a file, whatever the room is called. */
export function fileNameOf(title: string): string {
  const plain = title
    .replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  // A dot at the beginning hides a file, one at the end is lost on Windows.
  return `${[...plain].slice(0, LONGEST_NAME).join('').replace(/^[. ]+|[. ]+$/g, '')}.txt`;
}

/** The history as plain text, a line a group. `spoken` says in the person's language who said what; nobody's name is empty. */
export function captionsText(captions: readonly CaptionView[], time: (at: number) => string, spoken: (name: string, text: string) => string): string {
  return groupCaptions(captions)
    .map(({ at, name, segments }) => `${time(at)} ${spoken(name, segments.join(' '))}`)
    .join('\n');
}
