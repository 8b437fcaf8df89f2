import { expect, it } from 'vitest';
import { pieces } from './links';

it('finds web addresses and leaves the sentence its full stop', () => {
  expect(pieces('Voir https://docs.agglo.example/cr-23.')).toEqual([
    { text: 'Voir ', url: null },
    { text: 'docs.agglo.example/cr-23', url: 'https://docs.agglo.example/cr-23' },
    { text: '.', url: null },
  ]);
});

it('makes a link of nothing but http and https', () => {
  for (const text of ['javascript:alert(1)', 'file:///etc/passwd', 'x-help://a', 'https://'])
    expect(pieces(text)).toEqual([{ text, url: null }]);
});

it.each([
  ['https://de.wikipedia.org/wiki/Visavis_(Mainz)', 'https://de.wikipedia.org/wiki/Visavis_(Mainz)'],
  ['(https://de.wikipedia.org/wiki/Visavis_(Mainz)).', 'https://de.wikipedia.org/wiki/Visavis_(Mainz)'],
  ['(voir https://a.example/b)', 'https://a.example/b'],
  ['[https://a.example/?q[]=1]', 'https://a.example/?q[]=1'],
  ['{https://a.example/c}…', 'https://a.example/c'],
])('leaves an address the brackets that were opened in it: %s', (text, url) => {
  expect(pieces(text).flatMap((piece) => piece.url ?? [])).toEqual([url]);
  expect(pieces(text).map((piece) => (piece.url === null ? piece.text : piece.url)).join('')).toBe(text);
});

it('ends an address before a sign that turns what stands behind it', () => {
  const turned = 'https://evil.example/\u202efdp.tropper';
  expect(pieces(turned)).toEqual([
    { text: 'evil.example/', url: 'https://evil.example/' },
    { text: '\u202efdp.tropper', url: null },
  ]);
  for (const sign of ['\u200e', '\u200f', '\u061c', '\u202a', '\u2066', '\u2069']) expect(pieces(`https://a.example/b${sign}c`)[0]?.url, sign).toBe('https://a.example/b');
});
