import type { Reaction, ReactionView } from '../engine/contract';

/** The eight, in the order of their keys 1 to 8. */
export const REACTIONS: readonly Reaction[] = [
  'thumbs_up',
  'thumbs_down',
  'clapping',
  'heart',
  'laughing',
  'surprised',
  'party',
  'thanks',
];

/** The same reactions of one person, once, with their number. */
export interface Merged {
  reaction: Reaction;
  count: number;
}

/** What each person throws now; the key is the participant's id, or `null` for ourselves. */
export function mergedBySender(reactions: readonly ReactionView[]): Map<string | null, Merged[]> {
  const all = new Map<string | null, Merged[]>();
  for (const { from, reaction } of reactions) {
    const own = all.get(from) ?? [];
    const known = own.find((one) => one.reaction === reaction);
    if (known === undefined) own.push({ reaction, count: 1 });
    else known.count += 1;
    all.set(from, own);
  }
  return all;
}

/** Milliseconds for which reactions are collected before they are spoken. */
export const BATCH_MS = 5000;

export interface Batch {
  reaction: Reaction;
  /** Who, each once, in the order of their reacting. */
  names: string[];
}

/** Collects reactions, so that a screen reader hears of them at most every 5 s. Time is an argument. */
export class ReactionNews {
  private readonly known = new Set<number>();
  private waiting: ReactionView[] = [];
  private last = Number.NEGATIVE_INFINITY;

  /** Takes what is on screen; our own are not news. */
  update(reactions: readonly ReactionView[]): void {
    for (const one of reactions) {
      if (this.known.has(one.id)) continue;
      this.known.add(one.id);
      if (one.from !== null) this.waiting.push(one);
    }
    const shown = new Set(reactions.map((one) => one.id));
    for (const id of this.known) if (!shown.has(id)) this.known.delete(id);
  }

  /** Nobody wants to hear of what waits. */
  drop(): void {
    this.waiting = [];
  }

  /** Milliseconds until there is something to say; `null`: nothing waits. */
  due(now: number): number | null {
    return this.waiting.length === 0 ? null : Math.max(0, this.last + BATCH_MS - now);
  }

  /** What is to be said now, one entry a reaction. */
  take(now: number): Batch[] {
    if (this.due(now) !== 0) return [];
    this.last = now;
    const batches: Batch[] = [];
    for (const { reaction, name } of this.waiting) {
      const batch = batches.find((one) => one.reaction === reaction);
      if (batch === undefined) batches.push({ reaction, names: [name] });
      else if (!batch.names.includes(name)) batch.names.push(name);
    }
    this.waiting = [];
    return batches;
  }
}
