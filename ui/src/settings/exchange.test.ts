import { expect, it } from 'vitest';
import { USUAL } from '../engine/store';
import { exportText, importText } from './exchange';

const OWN = { ...USUAL, theme: 'dark', text_percent: 150, language: 'de', shortcuts: { chat: null }, chimes: { ...USUAL.chimes, knock: false }, welcomed: true } as const;

it('holds what was chosen and nothing else, and comes back', () => {
  const text = exportText(OWN);
  expect(Object.keys(JSON.parse(text).settings)).toEqual(['theme', 'language', 'text_percent', 'shortcuts', 'chimes']);
  expect(importText(text)).toEqual(OWN);
  expect(importText(exportText(USUAL))).toEqual({ ...USUAL, welcomed: true });
});

it('takes no other file for one', () => {
  for (const text of ['', '{', '[]', '{"settings":{}}', '{"kind":"visavis-settings","format":2,"settings":{}}', '{"kind":"visavis-settings","format":1,"settings":[]}']) {
    expect(importText(text), text).toBeNull();
  }
});

it('leaves out what is of another shape', () => {
  const text = JSON.stringify({ kind: 'visavis-settings', format: 1, settings: { text_percent: '150', mirror: false, chimes: { knock: 'no' }, later: 1, shortcuts: [] } });
  expect(importText(text)).toEqual({ ...USUAL, mirror: false, welcomed: true });
  // One of an earlier version, which knew fewer sounds.
  const earlier = JSON.stringify({ kind: 'visavis-settings', format: 1, settings: { chimes: { knock: false } } });
  expect(importText(earlier)?.chimes).toEqual({ ...USUAL.chimes, knock: false });
});
