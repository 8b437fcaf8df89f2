import { act, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { open } from '../test/render';
import { lastOfTile, roundFrom } from './tab-round';

const page = (inside: string) => {
  document.body.innerHTML = inside;
  return (id: string, backwards = false) => roundFrom(document.getElementById(id), backwards)?.id ?? null;
};

describe('a page', () => {
  afterEach(() => document.body.replaceChildren());

  it('goes round at both ends, and is silent between them', () => {
    const from = page('<button id="off" disabled></button><a id="a" href="#x"></a><button id="b"></button><input id="c"><button id="away" tabindex="-1"></button>');
    expect([from('a', true), from('a'), from('b'), from('b', true), from('c'), from('c', true)]).toEqual(['c', null, null, null, 'a', null]);
    expect(roundFrom(document.body, false)).toBeNull();
  });

  it('takes a toolbar for one stop, and of radio buttons the chosen one', () => {
    const from = page('<button id="a"></button><div role="toolbar"><button id="b"></button><button id="c"></button></div>');
    expect([from('b'), from('c'), from('b', true)]).toEqual(['a', 'a', null]);
    const among = page('<button id="a"></button><input type="radio" name="n" id="r" checked><input type="radio" name="n" id="s">');
    expect([among('r'), among('a', true)]).toEqual(['a', 'r']);
  });

  it('comes to what is within a tile after the tile', () => {
    const from = page('<div id="tile" tabindex="0"><button id="a"></button><button id="b"></button></div>');
    expect([from('tile'), from('a'), from('b'), from('tile', true)]).toEqual([null, null, 'tile', 'b']);
  });

  it('comes back to what is within a tile before the tile, from what follows it alone', () => {
    document.body.innerHTML = '<button id="before"></button><div id="tile" data-tile="x" tabindex="0"><button id="a"></button><button id="b"></button></div><button id="after"></button>';
    const now = document.getElementById('tile');
    const from = (id: string) => lastOfTile(document.getElementById(id), now)?.id ?? null;
    expect([from('after'), from('before'), from('a'), from('tile')]).toEqual(['b', null, null, null]);
    expect(lastOfTile(document.getElementById('after'), document.getElementById('before'))).toBeNull();
  });

  it('leaves dialogs, menus and lists to themselves', () => {
    for (const role of ['dialog', 'menu', 'listbox']) expect(page(`<button id="a"></button><div role="${role}"><button id="b"></button></div>`)('b')).toBeNull();
  });
});

it.each(['home', 'call-9'])('never lets the focus be nowhere: %s', async (scenario) => {
  const { user } = await open(scenario, { ui: { recordingRead: true } });
  await user.tab();
  const first = document.activeElement;
  for (const shift of [false, true]) {
    let steps = 0;
    do {
      await user.tab({ shift });
      await act(() => new Promise((done) => setTimeout(done, 5)));
      expect(document.activeElement, `after ${steps} of ${shift ? 'Shift+Tab' : 'Tab'}`).not.toBe(document.body);
      steps += 1;
    } while (document.activeElement !== first && steps < 80);
    expect(document.activeElement).toBe(first);
    expect(steps).toBeGreaterThan(2);
  }
});

it('goes back the way that it came, through the keys of a tile', async () => {
  const { user } = await open('call-9', { ui: { layout: 'grid', recordingRead: true } });
  const steps = async (shift: boolean, from: Element) => {
    const found: (Element | null)[] = [from];
    while (found.length < 12) {
      await user.tab({ shift });
      await act(() => new Promise((done) => setTimeout(done, 5)));
      found.push(document.activeElement);
      if (document.activeElement?.closest('[role="toolbar"]') || document.activeElement?.closest('[data-region="top"]')) break;
    }
    return found;
  };
  const tile = document.querySelector<HTMLElement>('[data-tile][tabindex="0"]')!;
  act(() => tile.focus());
  const on = await steps(false, tile);
  const name = (thing: Element | null) => thing?.getAttribute('aria-label') ?? '';
  expect(on.map(name)[1]).toMatch(/^Actions pour/);
  const back = await steps(true, on.at(-1)!);
  expect(back.slice(1, 3).map(name)).toEqual([name(on[1]!), name(tile)]);
});

it('leaves a dialog of React Aria its own round', async () => {
  const { user } = await open('call-9', { ui: { recordingRead: true } });
  await user.keyboard('{F1}');
  const dialog = await screen.findByRole('dialog');
  for (let step = 0; step < 6; step++) {
    await user.tab();
    await waitFor(() => expect(dialog).toContainElement(document.activeElement as HTMLElement));
  }
});
