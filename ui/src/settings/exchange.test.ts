import { expect, it } from 'vitest';
import { USUAL } from '../engine/store';
import { exportText, importText } from './exchange';

const HERE = { background_picture: null };
const OWN = { ...USUAL, theme: 'dark', text_percent: 150, language: 'de', shortcuts: { chat: null }, chimes: { ...USUAL.chimes, knock: false }, welcomed: true } as const;

it('holds what was chosen and nothing else, and comes back', () => {
  const text = exportText(OWN);
  expect(Object.keys(JSON.parse(text).settings)).toEqual(['theme', 'language', 'text_percent', 'shortcuts', 'chimes']);
  expect(importText(text, HERE)).toEqual(OWN);
  expect(importText(exportText(USUAL), HERE)).toEqual({ ...USUAL, welcomed: true });
});

it('takes no other file for one', () => {
  for (const text of ['', '{', '[]', '{"settings":{}}', '{"kind":"visavis-settings","format":2,"settings":{}}', '{"kind":"visavis-settings","format":1,"settings":[]}']) {
    expect(importText(text, HERE), text).toBeNull();
  }
});

it('leaves out what is of another shape', () => {
  const text = JSON.stringify({ kind: 'visavis-settings', format: 1, settings: { text_percent: '150', mirror: false, chimes: { knock: 'no' }, later: 1, shortcuts: [] } });
  expect(importText(text, HERE)).toEqual({ ...USUAL, mirror: false, welcomed: true });
  // One of an earlier version, which knew fewer sounds.
  const earlier = JSON.stringify({ kind: 'visavis-settings', format: 1, settings: { chimes: { knock: false } } });
  expect(importText(earlier, HERE)?.chimes).toEqual({ ...USUAL.chimes, knock: false });
});

it('leaves the picture of this computer as it is', () => {
  const own = { ...OWN, background: 'picture', background_picture: 'behind-1.png' } as const;
  expect(importText(exportText(own), own)).toEqual(own);
  expect(importText(exportText(own), HERE)?.background_picture).toBeNull();
  const foreign = JSON.stringify({ kind: 'visavis-settings', format: 1, settings: { background_picture: 'behind-2.png' } });
  expect(importText(foreign, own)?.background_picture).toBe('behind-1.png');
});
