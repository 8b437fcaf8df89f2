import type { BrandView, Settings } from '../engine/contract';

/** What the root of the page wears: attributes for the tokens (`data-…`), and the size of texts. */
export interface Look {
  theme: 'light' | 'dark' | undefined;
  contrast: 'more' | undefined;
  motion: 'reduced' | undefined;
  typeface: 'system' | 'dyslexic' | undefined;
  /** From here on, what stands in columns stands below one another. */
  text: 'large' | undefined;
  /** Of the system's size; empty for all of it. */
  fontSize: string;
}

const LARGE_PERCENT = 150;

/** What was set, over what the system asks for. Pure. */
export function lookOf(settings: Settings, systemWantsContrast: boolean): Look {
  const { theme, contrast, motion, typeface, text_percent } = settings;
  return {
    theme: theme === 'system' ? undefined : theme,
    contrast: contrast === 'more' || (contrast === 'system' && systemWantsContrast) ? 'more' : undefined,
    motion: motion === 'system' ? undefined : motion,
    typeface: typeface === 'atkinson' ? undefined : typeface,
    text: text_percent >= LARGE_PERCENT ? 'large' : undefined,
    fontSize: text_percent === 100 ? '' : `${text_percent}%`,
  };
}

/** The colours that an organisation has in place of ours. The engine has looked at their contrast. */
export function wearBrand(root: HTMLElement, { accent, accent_dark }: BrandView): void {
  for (const [name, colour] of [['--brand-accent', accent], ['--brand-accent-dark', accent_dark]] as const) {
    if (colour === null) root.style.removeProperty(name);
    else root.style.setProperty(name, colour);
  }
  if (accent === null && accent_dark === null) delete root.dataset['brand'];
  else root.dataset['brand'] = 'own';
}

/** Puts a look on; true where something is another size or shape now: whatever is measured is measured again. */
export function wear(root: HTMLElement, { fontSize, ...marks }: Look): boolean {
  // In high contrast nothing is round.
  const reshaped = root.dataset['contrast'] !== marks.contrast;
  for (const [name, value] of Object.entries(marks)) {
    if (value === undefined) delete root.dataset[name];
    else root.dataset[name] = value;
  }
  const resized = root.style.fontSize !== fontSize;
  root.style.fontSize = fontSize;
  return resized || reshaped;
}
