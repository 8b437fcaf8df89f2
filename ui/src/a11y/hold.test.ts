import { expect, it } from 'vitest';
import { endsHold, holdOf } from './hold';

const press = (key: string, code: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });

it('ends with the key itself, whatever it writes by then', () => {
  const hold = holdOf(press('!', 'Digit1', { ctrlKey: true, shiftKey: true }));
  expect(endsHold(hold, press('1', 'Digit1', { ctrlKey: true }))).toBe(true);
  expect(endsHold(hold, press('&', 'Digit1', { ctrlKey: true, shiftKey: true }))).toBe(true);
  expect(endsHold(hold, press('a', 'KeyA', { ctrlKey: true, shiftKey: true }))).toBe(false);
});

it('ends where Ctrl, Shift, Alt or Cmd of it comes up', () => {
  const hold = holdOf(press('!', 'Digit1', { ctrlKey: true, shiftKey: true }));
  expect(endsHold(hold, press('Shift', 'ShiftLeft', { ctrlKey: true }))).toBe(true);
  // Some systems count a key that comes up as down until then.
  expect(endsHold(hold, press('Control', 'ControlLeft', { ctrlKey: true, shiftKey: true }))).toBe(true);
  const mac = holdOf(press('k', 'KeyK', { metaKey: true }));
  expect(endsHold(mac, press('Meta', 'MetaLeft'))).toBe(true);
  expect(endsHold(holdOf(press('v', 'KeyV')), press('Shift', 'ShiftLeft'))).toBe(false);
});

it('knows a key by its sign where nothing tells its place', () => {
  const hold = holdOf(press('V', ''));
  expect(endsHold(hold, press('v', ''))).toBe(true);
  expect(endsHold(hold, press('b', ''))).toBe(false);
});
