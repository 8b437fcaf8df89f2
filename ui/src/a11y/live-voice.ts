import type { LiveLine } from '../engine/contract';
import type { News } from './news';

/** A line that stands still for so long is spoken as it is, in milliseconds (interface specification §4.4, *Live text*). */
export const PAUSE_MS = 3000;

interface Known {
  text: string;
  /** When it last changed. */
  since: number;
  /** What of it was said. */
  spoken: string;
  done: boolean;
}

/**
 * What is spoken of the lines of others: each when it is whole, and what stands there when its writer pauses; word by word where that is wanted. Of a line that was spoken in part the rest is, unless what was said was
 * changed. Whoever wrote is named where another line was spoken before.
 *
 * Letter by letter nothing is spoken: nobody could follow. Time is an argument, in milliseconds.
 */
export class LiveVoice {
  private known: Map<string, Known> | null = null;
  /** The line that was spoken last. */
  private last: string | null = null;

  /** What is to be said now. Lines that are there at the first call were read by whoever wanted to. */
  hear(lines: readonly LiveLine[], now: number, byWords = false): News[] {
    const before = this.known;
    const next = new Map<string, Known>();
    const news: News[] = [];
    for (const line of lines) {
      if (line.author === null) continue;
      const id = `${line.author} ${line.id}`;
      const text = line.text.trim();
      const was = before?.get(id);
      const isOld = before === null && line.done;
      const one: Known = was === undefined || was.text !== text || was.done !== line.done ? { text, since: now, spoken: isOld ? text : (was?.spoken ?? ''), done: line.done } : { ...was };
      const isWhole = one.done || now - one.since >= PAUSE_MS;
      const ready = isWhole ? text : byWords ? wholeWords(line.text, one.spoken) : '';
      if (ready !== '' && ready !== one.spoken) {
        const rest = ready.startsWith(one.spoken) ? ready.slice(one.spoken.length).trim() : ready;
        // Word by word the name would be half of what is heard.
        const key = byWords && this.last === id ? 'liveWords' : 'liveLine';
        [one.spoken, this.last] = [ready, id];
        news.push({ kind: `live-${id} ${ready.length}`, key, values: { name: line.author_name, text: rest }, politeness: 'polite', keep: true });
      }
      next.set(id, one);
    }
    this.known = next;
    return news;
  }

  /** Milliseconds until a pause is long enough; `null`: nobody writes. */
  due(now: number): number | null {
    const waits = [...(this.known?.values() ?? [])].filter(({ text, spoken, done }) => !done && text !== '' && text !== spoken).map(({ since }) => Math.max(0, since + PAUSE_MS - now));
    return waits.length === 0 ? null : Math.min(...waits);
  }
}

/** What of a text will change no more, as far as one knows: its words with a space behind them, if they go on from what was spoken. */
function wholeWords(text: string, spoken: string): string {
  const words = text.replace(/\S*$/u, '').trim();
  return words.startsWith(spoken) ? words : '';
}
