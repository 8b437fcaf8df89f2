/** A meter fuller than this is a voice and no room (about −35 dB of full scale). */
const VOICE = 0.44;
/** Pauses between words that still belong to the same speech, in milliseconds. */
const PAUSE_MS = 700;

/** Knows for how long somebody has been speaking, from the fullness of a meter. Time is an argument. */
export class Speech {
  private begun: number | null = null;
  private last = 0;

  /** Milliseconds of this speech so far; 0 while there is none. */
  hear(full: number, now: number): number {
    if (this.begun !== null && now - this.last > PAUSE_MS) this.begun = null;
    if (full >= VOICE) {
      this.begun ??= now;
      this.last = now;
    }
    return this.begun === null ? 0 : now - this.begun;
  }
}
