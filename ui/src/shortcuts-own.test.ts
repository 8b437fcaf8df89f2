import { expect, it } from 'vitest';
import { type Keys, SHORTCUTS, shortcutFor } from './shortcuts';
import { clashesWith, conflictOf, keysPressed, pressOf, shortcutsWith, withUsual } from './shortcuts-own';

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

it('takes the usual keys back from whoever has them, and says from whom', () => {
  const D: Keys = { key: 'd', mod: true };
  expect(withUsual('microphone', { microphone: null, chat: pressOf(D) })).toEqual({ own: { chat: null }, from: ['chat'] });
  // All of them, not only those that are shown.
  const both = { fullScreen: pressOf(K), chat: pressOf({ key: 'F11' }), people: pressOf({ key: 'f', mod: true, shift: true }) };
  expect(withUsual('fullScreen', both)).toEqual({ own: { chat: null, people: null }, from: ['chat', 'people'] });
  expect(withUsual('microphone', { microphone: pressOf(K), chat: null })).toEqual({ own: { chat: null }, from: [] });
});

it('holds no sign that acts on a tile', () => {
  for (const key of ['p', '0', '1', '+', '=', '-']) expect(conflictOf('talk', { key }, {}, 'linux'), key).toEqual({ kind: 'tile' });
  // A French keyboard writes this where 1 is printed.
  expect(conflictOf('talk', { key: '&' }, {}, 'linux', 1)).toEqual({ kind: 'tile' });
  expect(conflictOf('talk', { key: 'é' }, {}, 'linux', 2)).toBeNull();
  expect(conflictOf('talk', { key: 't' }, {}, 'linux')).toBeNull();
  expect(conflictOf('chat', { key: 'p', alt: true }, {}, 'linux')).toBeNull();
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

it('knows keys that work everywhere, where they do something else', () => {
  const everywhere = { microphone: { key: 'd', mod: true, shift: true } } as const;
  expect(conflictOf('chat', everywhere.microphone, {}, 'linux', null, everywhere)).toEqual({ kind: 'everywhere', by: 'microphone' });
  expect(conflictOf('microphone', everywhere.microphone, {}, 'linux', null, everywhere)).toBeNull();
  expect(conflictOf('chat', everywhere.microphone, {}, 'linux')).toBeNull();
  expect(clashesWith(everywhere, { chat: pressOf(everywhere.microphone), microphone: pressOf(everywhere.microphone) })).toEqual([{ id: 'chat', keys: everywhere.microphone }]);
  expect(clashesWith(everywhere, {})).toEqual([]);
});
