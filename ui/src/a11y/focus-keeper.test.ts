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

it('never goes on with what ends something for good', async () => {
  const find = show('<h1 id="title" tabindex="-1"></h1><main><button id="first"></button><button id="leave" data-no-heir></button></main>');
  find('first').focus();
  find('first').remove();
  await vi.waitFor(() => expect(document.activeElement).toBe(find('title')));
});

it('goes on with what does the same elsewhere', async () => {
  const find = show('<main><button id="first" data-kin="window"></button><button id="second"></button></main><footer><button id="third" data-kin="window"></button></footer>');
  find('first').focus();
  find('first').remove();
  await vi.waitFor(() => expect(document.activeElement).toBe(find('third')));
});

it('goes on in the same part of the page where it was made anew', async () => {
  const find = show('<div id="page"><button id="top"></button><section data-region="banner" id="old"><button id="other"></button><button id="a"></button></section><main><button id="tile"></button></main></div>');
  find('a').focus();
  find('old').outerHTML = '<section data-region="banner"><button id="b"></button></section>';
  await vi.waitFor(() => expect(document.activeElement).toBe(find('b')));
});
