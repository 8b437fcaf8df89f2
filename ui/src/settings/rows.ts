import { PAGES, type PageId } from './place';

/** Everything that is set or shown, by page and in its order: what the search finds is what there is. */
export const ROWS = {
  audio: ['microphone', 'loudspeaker', 'noise', 'gain', 'microphoneFirst', 'lockMutes'],
  video: ['camera', 'background', 'mirror', 'turn', 'brighten', 'cameraFirst'],
  appearance: ['theme', 'language', 'callBar', 'session'],
  accessibility: ['text', 'contrast', 'motion', 'typeface', 'captionSize', 'captionLines', 'captionColours', 'captionTypeface', 'captionSpoken', 'liveOpens', 'spokenPeople', 'spokenChat', 'spokenHands', 'spokenShares', 'liveWords', 'spokenName'],
  shortcuts: ['keys', 'keysEverywhere'],
  notices: ['noticeWaits', 'noticeEntry', 'noticeMessage', 'noticeHand', 'noticeMuted', 'noticeEnd', 'noticeRecording', 'noticeAlone', 'noticeSoon', 'chimeEntering', 'chimeKnock', 'chimeArrival', 'chimeHand', 'chimeMessage'],
  accounts: ['name', 'servers', 'calendar'],
  network: ['proxy', 'certificates', 'paths', 'ports', 'hosts', 'bitrate'],
  privacy: ['recent', 'clearRecent', 'sessions', 'telemetry', 'support', 'file', 'reset'],
  about: ['version', 'statement', 'licences', 'help'],
} as const satisfies Record<PageId, readonly string[]>;

export type RowId = (typeof ROWS)[PageId][number];

/** A row as it is read in the user's language. */
export interface Readable {
  page: PageId;
  id: RowId;
  title: string;
  hint: string;
}

/** All rows with their words. */
export function readable(words: (id: RowId) => { title: string; hint: string }): Readable[] {
  return PAGES.flatMap((page) => ROWS[page].map((id): Readable => ({ page, id, ...words(id) })));
}

/** Rows that say every word of the question; those that say them in their title come first. Pure. */
export function findRows(question: string, rows: readonly Readable[]): Readable[] {
  const wanted = plain(question).split(/\s+/).filter((word) => word !== '');
  if (wanted.length === 0) return [];
  const says = (text: string) => wanted.every((word) => plain(text).includes(word));
  const inTitle = rows.filter((row) => says(row.title));
  return [...inTitle, ...rows.filter((row) => !inTitle.includes(row) && says(`${row.title} ${row.hint}`))];
}

/** Without accents and capitals: nobody searches with those. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
