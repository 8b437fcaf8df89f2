import type { Announcements, Settings, SpokenName } from '../engine/contract';
import type { News } from './news';

/** News that somebody may turn off: their kind, and whether they are among the essential. */
const KINDS: Partial<Record<News['key'], [keyof Announcements, boolean]>> = {
  arrived: ['people', false],
  arrivedMany: ['people', false],
  left: ['people', false],
  leftMany: ['people', false],
  waits: ['people', true],
  message: ['chat', true],
  liveBegins: ['chat', true],
  liveLine: ['chat', true],
  liveWords: ['chat', true],
  hand: ['hands', false],
  handUp: ['hands', true],
  handDown: ['hands', true],
  shareStarted: ['shares', true],
  shareStopped: ['shares', false],
};

/** The news that are spoken, as it is set; of messages the essential is who wrote. Pure. */
export function newsToSpeak(news: readonly News[], { announcements, spoken_name }: Settings, moderates: boolean): News[] {
  return news.flatMap((one) => {
    const kind = KINDS[one.key];
    const amount = kind === undefined ? 'all' : announcements[kind[0]];
    // Whoever leads the meeting needs to know of each hand.
    const essential = kind?.[1] === true || (one.key === 'hand' && moderates);
    if (amount === 'nothing' || (amount === 'essential' && !essential)) return [];
    return [named(one.key === 'message' && amount === 'essential' ? { ...one, key: 'messageFrom' } : one, spoken_name)];
  });
}

function named(news: News, how: SpokenName): News {
  const name = news.values['name'];
  return typeof name === 'string' ? { ...news, values: { ...news.values, name: spokenName(name, how) } } : news;
}

/** A name as it is spoken; `null` where none is to be. Pure. */
export function spokenName(name: string, how: SpokenName): string | null {
  if (how === 'nobody') return null;
  return how === 'first' ? firstName(name) : name;
}

/** What somebody is called for short: their first word. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? name;
}
