import { expect, it } from 'vitest';
import { keysEverywhere, keysOfText, USUAL } from './everywhere';

it('counts keys that are only asked for with the next meeting', () => {
  expect(keysEverywhere({ kind: 'usual' }, 'linux')).toEqual(USUAL);
  expect(keysEverywhere({ kind: 'unasked' }, 'linux')).toEqual(USUAL);
  expect(keysEverywhere({ kind: 'unasked' }, 'windows')).toEqual({});
  expect(keysEverywhere({ kind: 'missing', why: 'taken' }, 'linux')).toEqual(USUAL);
  expect(keysEverywhere({ kind: 'missing', why: 'refused' }, 'linux')).toEqual({});
  expect(keysEverywhere({ kind: 'given', microphone: 'Ctrl+Alt+F9', talk: null }, 'linux')).toEqual({ microphone: { key: 'F9', mod: true, alt: true } });
});

it('reads keys as portals print them', () => {
  expect(keysOfText('Ctrl+Shift+D')).toEqual({ key: 'd', mod: true, shift: true });
  expect(keysOfText('Press <Control><Shift>d')).toEqual({ key: 'd', mod: true, shift: true });
  expect(keysOfText('Ctrl+Shift+Space')).toEqual({ key: ' ', mod: true, shift: true });
  expect(keysOfText('F9')).toEqual({ key: 'F9' });
  for (const text of ['', 'Meta+F9', 'Ctrl+', 'Ctrl+Shift+Launch7']) expect(keysOfText(text), text).toBeNull();
});
