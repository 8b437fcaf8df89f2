import { expect, it } from 'vitest';
import { markLastInput } from './last-input';

it('tells keys that go on in the page from the pointer', () => {
  const stop = markLastInput();
  const marked = () => document.documentElement.dataset['keys'] !== undefined;
  const press = (key: string, more: KeyboardEventInit = {}) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
  const point = () => document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  expect(marked()).toBe(false);
  press('c', { ctrlKey: true });
  expect(marked()).toBe(false);
  press('ArrowDown');
  expect(marked()).toBe(true);
  point();
  expect(marked()).toBe(false);
  press('Tab', { shiftKey: true });
  expect(marked()).toBe(true);
  stop();
  point();
  expect(marked()).toBe(true);
});
