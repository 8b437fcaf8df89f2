import { expect, it } from 'vitest';
import { digitOf } from './digits';

const press = (key: string, code: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });

it('takes what a key writes, and what is printed on it', () => {
  expect(digitOf(press('3', 'Digit3'))).toBe(3);
  expect(digitOf(press('3', 'Numpad3'))).toBe(3);
  // A French keyboard, without Shift and with it.
  expect(digitOf(press('"', 'Digit3'))).toBe(3);
  expect(digitOf(press('à', 'Digit0'))).toBe(0);
  expect(digitOf(press('3', 'Digit3', { shiftKey: true }))).toBe(3);
});

it('takes no sign that is written with Shift, no keypad that moves, and nothing with Ctrl or Alt', () => {
  expect(digitOf(press('!', 'Digit1', { shiftKey: true }))).toBeNull();
  expect(digitOf(press('ArrowLeft', 'Numpad4'))).toBeNull();
  expect(digitOf(press('1', 'Digit1', { ctrlKey: true }))).toBeNull();
  expect(digitOf(press('1', 'Digit1', { altKey: true }))).toBeNull();
  expect(digitOf(press('a', 'KeyA'))).toBeNull();
  expect(digitOf(press('1', ''))).toBe(1);
});
