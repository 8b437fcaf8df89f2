import { expect, it } from 'vitest';
import { nameShiftTab } from './shift-tab';

it('gives Shift+Tab its name for whoever looks after it, and no other key', () => {
  const stop = nameShiftTab();
  const heard: string[] = [];
  const hear = (event: KeyboardEvent) => void heard.push(event.key);
  window.addEventListener('keydown', hear, true);
  for (const code of ['Tab', 'KeyA']) document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Unidentified', code, shiftKey: true, bubbles: true }));
  window.removeEventListener('keydown', hear, true);
  stop();
  expect(heard).toEqual(['Tab', 'Unidentified']);
});
