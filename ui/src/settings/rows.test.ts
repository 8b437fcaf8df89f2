import { expect, it } from 'vitest';
import { findRows, readable, ROWS } from './rows';

const rows = readable((id) => (id === 'text' ? { title: 'Taille du texte', hint: 'En plus de la taille réglée.' } : id === 'captionSize' ? { title: 'Sous-titres', hint: 'Leur taille, dans la bande.' } : { title: id, hint: '' }));
const ids = (question: string) => findRows(question, rows).map(({ id }) => id);

it('finds without accents and capitals, titles first', () => {
  expect(ids('TAILLE')).toEqual(['text', 'captionSize']);
  expect(ids('reglee')).toEqual(['text']);
  expect(ids('taille bande')).toEqual(['captionSize']);
  expect(ids('texte bande')).toEqual([]);
  expect(ids('  ')).toEqual([]);
});

it('has every row once', () => {
  const all = Object.values(ROWS).flat();
  expect(new Set(all).size).toBe(all.length);
});
