import { describe, expect, it } from 'vitest';
import { type Keys, printKeys, SHORTCUTS, type ShortcutId, shortcutFor } from './shortcuts';

const press = (keys: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> & { key: string }) => ({
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...keys,
});

const names = { ctrl: 'Ctrl', cmd: 'Cmd', shift: 'Maj', alt: 'Alt', escape: 'Échap', pageUp: 'PgPréc', pageDown: 'PgSuiv', space: 'Espace' };

describe('shortcuts', () => {
  it('have each key once, and never Ctrl+Alt, which is AltGr', () => {
    const all = SHORTCUTS.flatMap((shortcut) => shortcut.keys.map((keys: Keys) => JSON.stringify(keys)));
    expect(new Set(all).size).toBe(all.length);
    expect(SHORTCUTS.every((shortcut) => shortcut.keys.every((keys) => !(keys.mod && keys.alt)))).toBe(true);
    expect(new Set(SHORTCUTS.map((shortcut) => shortcut.id)).size).toBe(SHORTCUTS.length);
  });

  it('match exactly', () => {
    expect(shortcutFor(press({ key: 'd', ctrlKey: true }), 'linux')?.id).toBe('microphone');
    expect(shortcutFor(press({ key: 'D', ctrlKey: true, shiftKey: true }), 'linux')).toBeNull();
    expect(shortcutFor(press({ key: 'd', ctrlKey: true, altKey: true }), 'linux')).toBeNull();
    expect(shortcutFor(press({ key: 'd' }), 'linux')).toBeNull();
    expect(shortcutFor(press({ key: 'M', ctrlKey: true, shiftKey: true }), 'windows')?.id).toBe('chat');
    expect(shortcutFor(press({ key: 'F6', shiftKey: true }), 'linux')?.id).toBe('previousRegion');
  });

  it('use Cmd on macOS', () => {
    expect(shortcutFor(press({ key: 'd', metaKey: true }), 'macos')?.id).toBe('microphone');
    expect(shortcutFor(press({ key: 'd', ctrlKey: true }), 'macos')).toBeNull();
  });

  it('print in the words of the language', () => {
    const keys = (id: ShortcutId) => SHORTCUTS.find((one) => one.id === id)?.keys[0];
    expect(printKeys(keys('chat'), names, 'linux')).toBe('Ctrl+Maj+M');
    expect(printKeys(keys('nextPage'), names, 'windows')).toBe('Alt+PgSuiv');
    expect(printKeys(keys('camera'), names, 'macos')).toBe('Cmd+E');
    expect(printKeys({ key: ' ', mod: true, shift: true }, names, 'linux')).toBe('Ctrl+Maj+Espace');
    expect(printKeys(undefined, names, 'linux')).toBe('');
  });
});
