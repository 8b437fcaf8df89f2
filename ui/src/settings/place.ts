/** The pages, in the order of their list (interface specification §4.6). */
export const PAGES = ['audio', 'video', 'appearance', 'accessibility', 'shortcuts', 'notices', 'accounts', 'network', 'privacy', 'about'] as const;
export type PageId = (typeof PAGES)[number];

/** True where this is the window of settings: `#settings`, or `#settings/audio`. */
export function isSettingsPlace(hash: string): boolean {
  return hash === '#settings' || hash.startsWith('#settings/');
}

/** The page that a place names; the first where it names none. */
export function pageOf(hash: string): PageId {
  return PAGES.find((page) => hash === `#settings/${page}`) ?? PAGES[0];
}

export function placeOf(page: PageId): string {
  return `#settings/${page}`;
}
