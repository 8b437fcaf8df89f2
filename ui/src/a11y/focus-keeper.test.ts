import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepFocus } from './focus-keeper';

let end = () => {};
let resized = () => {};

/** What is drawn is no matter of jsdom: here it is what has no `data-undrawn` around it. */
function show(html: string): (id: string) => HTMLElement {
  document.body.innerHTML = html;
  end = keepFocus();
  return (id) => document.getElementById(id) ?? document.body;
}

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(told: () => void) {
        resized = told;
      }
      observe(): void {}
      disconnect(): void {}
    },
  );
  HTMLElement.prototype.checkVisibility = function (this: HTMLElement) {
    return this.closest('[data-undrawn]') === null;
  };
});
afterEach(() => {
  end();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(HTMLElement.prototype, 'checkVisibility');
  document.body.replaceChildren();
});

it('goes on with what is drawn where a message has taken all the room', async () => {
  const find = show('<main><div><button id="tile"></button><section data-undrawn><button id="history"></button></section></div><button id="panel"></button></main>');
  find('tile').focus();
  find('tile').remove();
  await vi.waitFor(() => expect(document.activeElement).toBe(find('panel')));
});

it('goes on where what has the focus is still in the page and drawn no more', async () => {
  const find = show('<main><section id="captions"><button id="history"></button></section><button id="panel"></button></main>');
  find('history').focus();
  find('captions').dataset['undrawn'] = '';
  resized();
  await vi.waitFor(() => expect(document.activeElement).toBe(find('panel')));
});

it('leaves the focus where it is drawn', async () => {
  const find = show('<main><button id="first"></button><button id="second"></button></main>');
  find('second').focus();
  resized();
  await new Promise((done) => setTimeout(done, 100));
  expect(document.activeElement).toBe(find('second'));
});
