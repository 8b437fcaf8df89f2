import { render } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { App } from '../App';
import { fakeEngine } from '../engine/fake/engine';
import { pseudo, speakPseudo } from '../engine/fake/pseudo';
import { SCENARIOS } from '../engine/fake/scenarios';
import { followEngine } from '../engine/store';
import { startTexts } from '../i18n/i18n';

it('makes a text longer, and leaves its values alone', () => {
  expect(pseudo('Join {{name}} <b>now</b>')).toMatch(/^⟦Jöïñ \{\{name\}\} <b>ñöw<\/b>.+⟧$/);
  const long = 'You can be heard by everybody who is here';
  expect(pseudo(long).length - 2).toBe(Math.ceil(long.length * 1.4));
});

/** What is no text: the product’s name, initials, numbers, times and signs, and words that were made of those. */
const NO_TEXT = /^(Visavis|\p{Lu}{1,2}|[\d\s.,:;/+×%·–-]*|\d+ ?(min|s|h)|VIS-[A-Z]+-[A-Z]+-\d+)$/u;

/** Pieces of text on the page that are neither ours nor of the meeting: `data` is all that the engine said. */
function strangers(container: HTMLElement, data: string): string[] {
  const found = new Set<string>();
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? '';
    // What stands within a text of ours in pieces: its brackets are around all of them.
    const whole = node.parentElement?.closest('p, h1, h2, h3, li, span, button, label, div')?.textContent ?? text;
    // What somebody said in a row stands together.
    const said = text.split(/(?<=[.?!…]) /).every((sentence) => data.includes(sentence));
    if (text === '' || NO_TEXT.test(text) || said || /[⟦⟧]/.test(whole)) continue;
    found.add(text);
  }
  for (const element of container.querySelectorAll('[aria-label], [title], [placeholder]')) {
    for (const name of ['aria-label', 'title', 'placeholder']) {
      const text = element.getAttribute(name) ?? '';
      if (text !== '' && !NO_TEXT.test(text) && !data.includes(text) && !/[⟦⟧]/.test(text)) found.add(`${name}: ${text}`);
    }
  }
  return [...found];
}

describe.each(SCENARIOS)('%s in a language that nobody speaks', (name) => {
  it('has no word that is not in the files of texts', async () => {
    const engine = fakeEngine({ scenario: name, shell: { locale: 'en' } });
    const store = await followEngine(engine);
    const texts = await startTexts('en');
    speakPseudo(texts);
    const { container } = render(<App engine={engine} store={store} texts={texts} ui={{}} />);
    expect(strangers(container, JSON.stringify(engine.snapshot).replaceAll('\\"', '"'))).toEqual([]);
  });
});
