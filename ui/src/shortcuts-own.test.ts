import { expect, it } from 'vitest';
import { type Keys, SHORTCUTS, shortcutFor } from './shortcuts';
import { conflictOf, keysPressed, pressOf, shortcutsWith } from './shortcuts-own';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });
const K: Keys = { key: 'k', mod: true };

it('puts own keys in place of the usual ones, or none', () => {
  const own = shortcutsWith({ microphone: pressOf(K), chat: null, close: null, unknown: null });
  expect(shortcutFor(press('k', { ctrlKey: true }), 'linux', own)?.id).toBe('microphone');
  expect(shortcutFor(press('d', { ctrlKey: true }), 'linux', own)).toBeNull();
  expect(shortcutFor(press('m', { ctrlKey: true, shiftKey: true }), 'linux', own)).toBeNull();
  expect(shortcutFor(press('Escape'), 'linux', own)?.id).toBe('close');
  expect(own).toHaveLength(SHORTCUTS.length);
});

it('finds whoever has the keys already', () => {
  expect(conflictOf('chat', { key: 'd', mod: true }, {}, 'linux')).toEqual({ kind: 'taken', by: 'microphone' });
  expect(conflictOf('microphone', { key: 'd', mod: true }, {}, 'linux')).toBeNull();
  expect(conflictOf('chat', { key: 'd', mod: true }, { microphone: pressOf(K) }, 'linux')).toBeNull();
  expect(conflictOf('chat', K, { microphone: pressOf(K) }, 'linux')).toEqual({ kind: 'taken', by: 'microphone' });
  // All keys of a shortcut count, not only those that are shown.
  expect(conflictOf('chat', { key: 'f', mod: true, shift: true }, {}, 'linux')).toEqual({ kind: 'taken', by: 'fullScreen' });
});

it('refuses what would be typed, what is AltGr, and what others have', () => {
  expect(conflictOf('chat', { key: 'm' }, {}, 'linux')).toEqual({ kind: 'typing' });
  expect(conflictOf('chat', { key: 'm', shift: true }, {}, 'linux')).toEqual({ kind: 'typing' });
  expect(conflictOf('chat', { key: 'F8' }, {}, 'linux')).toBeNull();
  expect(conflictOf('chat', { key: 'e', mod: true, alt: true }, {}, 'linux')).toEqual({ kind: 'altgr' });
  expect(conflictOf('chat', { key: 'c', mod: true }, {}, 'linux')).toEqual({ kind: 'reserved' });
  expect(conflictOf('chat', { key: 'Tab', mod: true }, {}, 'linux')).toEqual({ kind: 'reserved' });
  expect(conflictOf('chat', { key: '3', mod: true, shift: true }, {}, 'macos')).toEqual({ kind: 'reserved' });
  expect(conflictOf('chat', { key: '3', mod: true, shift: true }, {}, 'linux')).toBeNull();
});

it('reads what is held, and waits for a key', () => {
  expect(keysPressed(press('Control', { ctrlKey: true }), 'linux')).toBeNull();
  expect(keysPressed(press('K', { ctrlKey: true, shiftKey: true }), 'linux')).toEqual({ key: 'k', mod: true, shift: true });
  expect(keysPressed(press('k', { metaKey: true }), 'macos')).toEqual({ key: 'k', mod: true });
});
