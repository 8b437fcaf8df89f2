/** Each screen is looked at in all of these: looks × languages × sizes. */

/** What is set, and what the system asks for (`media`: features as CSS knows them). */
export const LOOKS = {
  light: { settings: { theme: 'light' }, media: {} },
  dark: { settings: { theme: 'dark' }, media: {} },
  contrast: { settings: { contrast: 'more' }, media: {} },
  // As Windows does it: the system's colours in place of ours, in a dark scheme of theirs.
  forced: { settings: {}, media: { 'forced-colors': 'active', 'prefers-color-scheme': 'dark' } },
};

export const LANGUAGES = ['fr', 'de'];

/** The window in CSS pixels, and texts in percent. */
export const SIZES = {
  wide: { width: 1280, height: 800, text: 100 },
  narrow: { width: 480, height: 700, text: 100 },
  large: { width: 1280, height: 800, text: 200 },
};

/** 320 and 240 CSS pixels, as WCAG counts them, for the screens that ask for it (`sizes`). */
const TIGHT = {
  tight150: { width: 480, height: 700, text: 150 },
  tight200: { width: 480, height: 700, text: 200 },
};

/** Windows that are never as large as that, by place in the page. */
const WINDOWS = {
  '#bar': { wide: [452, 116], narrow: [452, 116], large: [904, 232] },
};

/** The size of the window that shows this place. */
export function sizeOf(place, name) {
  const { width, height, text } = SIZES[name] ?? TIGHT[name];
  const [w, h] = WINDOWS[place]?.[name] ?? [width, height];
  return { width: w, height: h, text };
}

/** All visits: one loading of the page each, in which every look is put on. */
export function whole(screens) {
  return screens.flatMap((screen) => LANGUAGES.flatMap((language) => (screen.sizes ?? Object.keys(SIZES)).map((size) => ({ screen, language, size, looks: Object.keys(LOOKS) }))));
}

/**
 * One visit a screen, and one look: what a test has time for. German, where texts are longest, each other one; between them a language that nobody speaks (`pseudo`), and French. Narrow and large in turn, for there it is
 * tight, and wide now and then.
 *
 * Of those that differ by their words alone (`alike`), a test leaves most out. By place in the list, so that two runs look at the same pictures.
 */
export function few(screens) {
  const sizes = ['narrow', 'large', 'narrow', 'large', 'wide'];
  const languages = ['de', 'pseudo', 'de', 'fr'];
  const looks = Object.keys(LOOKS);
  return screens.filter(({ alike }) => !alike).map((screen, at) => ({ screen, language: languages[at % languages.length], size: screen.sizes?.[0] ?? sizes[at % sizes.length], looks: [looks[Math.floor(at / 2) % looks.length]] }));
}

/** The name of a picture's file, without its end. */
export function nameOf({ screen, language, size }, look) {
  return `${screen.id}--${size}-${language}-${look}`;
}
