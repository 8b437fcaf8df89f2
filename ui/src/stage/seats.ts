/** Somebody off the page must speak this long to get a seat, in milliseconds. */
export const SPEAK_MS = 1500;
/** Least time between two changes of seats, in milliseconds. */
export const SWAP_MS = 3000;

/** What a change of seats depends on. */
export interface SeatView {
  /** First and one past the last seat on screen. */
  first: number;
  end: number;
  /** Never moved away (pinned). */
  fixed: ReadonlySet<string>;
  /** Have a place of their own (interpreter): they take no seat, and keep their turn for later. */
  apart: ReadonlySet<string>;
  /** True while the keyboard is in the stage: nothing moves then. */
  frozen: boolean;
}

/**
 * Who sits where in the grid: order of arrival, and stable.
 *
 * Somebody off the page who speaks takes the seat of whoever on the page has been silent longest;
 * they change seats, nobody else moves. Pure but for its own memory: time is an argument.
 */
export class Seats {
  private order: string[] = [];
  private readonly since = new Map<string, number>();
  private readonly heard = new Map<string, number>();
  private swapped = Number.NEGATIVE_INFINITY;

  /** People in order of arrival, and who of them speaks at `now` milliseconds. */
  update(arrivals: readonly string[], speaking: ReadonlySet<string>, now: number): void {
    const present = new Set(arrivals);
    this.order = this.order.filter((id) => present.has(id));
    const seated = new Set(this.order);
    for (const id of arrivals) if (!seated.has(id)) this.order.push(id);
    for (const id of [...this.since.keys()]) if (!present.has(id) || !speaking.has(id)) this.since.delete(id);
    for (const id of [...this.heard.keys()]) if (!present.has(id)) this.heard.delete(id);
    for (const id of speaking) {
      if (!present.has(id)) continue;
      if (!this.since.has(id)) this.since.set(id, now);
      this.heard.set(id, now);
    }
  }

  /** The seats at `now`, after at most one change. */
  arrange(view: SeatView, now: number): readonly string[] {
    const waiting = this.waiting(view);
    const next = waiting.find((id) => now - (this.since.get(id) ?? now) >= SPEAK_MS);
    if (next === undefined || view.frozen || now - this.swapped < SWAP_MS) return this.order;
    const silent = this.seated(view)
      .slice(view.first, view.end)
      .filter((id) => !view.fixed.has(id) && !this.since.has(id))
      .sort((a, b) => (this.heard.get(a) ?? Number.NEGATIVE_INFINITY) - (this.heard.get(b) ?? Number.NEGATIVE_INFINITY))[0];
    if (silent === undefined) return this.order;
    this.swapped = now;
    this.order = this.order.map((id) => (id === next ? silent : id === silent ? next : id));
    return this.order;
  }

  /** Milliseconds until `arrange` may give something else without a new event; `null` where it cannot. */
  due(view: SeatView, now: number): number | null {
    if (view.frozen) return null;
    const times = this.waiting(view).map((id) =>
      Math.max((this.since.get(id) ?? now) + SPEAK_MS, this.swapped + SWAP_MS),
    );
    return times.length === 0 ? null : Math.max(0, Math.min(...times) - now);
  }

  private waiting(view: SeatView): string[] {
    return this.seated(view).filter((id, at) => (at < view.first || at >= view.end) && this.since.has(id));
  }

  private seated({ apart }: SeatView): string[] {
    return apart.size === 0 ? this.order : this.order.filter((id) => !apart.has(id));
  }
}
