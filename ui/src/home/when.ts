const DAY_MS = 86_400_000;

/** Midnight of the day, in this computer's zone. */
function dayOf(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** When something was, as one says it: today, yesterday, last days by weekday, else the date. */
export function whenOf(at: number, now: number, language: string): string {
  const days = Math.round((dayOf(now) - dayOf(at)) / DAY_MS);
  const text =
    days < 2
      ? new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-Math.max(0, days), 'day')
      : new Intl.DateTimeFormat(language, days < 7 ? { weekday: 'long' } : { day: 'numeric', month: 'short', year: days > 300 ? 'numeric' : undefined }).format(at);
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
