import { expect, it } from 'vitest';
import { USUAL } from '../engine/store';
import { newsToSpeak, spokenName } from './choose';
import type { News } from './news';

const one = (key: News['key'], values: News['values'] = {}): News => ({ kind: key, key, values, politeness: 'polite' });
const ALL = [one('entered'), one('arrived', { name: 'Sofia Benali' }), one('waits', { name: 'Ana' }), one('message', { name: 'Sofia Benali', text: 'Bonjour' }), one('hand', { name: 'Ana', rank: 1 }), one('shareStarted'), one('shareStopped'), one('lost')];
const keys = (news: News[]) => news.map(({ key }) => key);
const set = (amount: 'all' | 'essential' | 'nothing') => ({ ...USUAL, announcements: { people: amount, chat: amount, hands: amount, shares: amount } });

it('speaks everything where nothing is set', () => {
  expect(newsToSpeak(ALL, USUAL, false)).toEqual(ALL);
});

it('keeps to the essential: who wrote and not what, and hands for who leads', () => {
  expect(keys(newsToSpeak(ALL, set('essential'), false))).toEqual(['entered', 'waits', 'messageFrom', 'shareStarted', 'lost']);
  expect(keys(newsToSpeak(ALL, set('essential'), true))).toContain('hand');
});

it('never drops entry and connection', () => {
  expect(keys(newsToSpeak(ALL, set('nothing'), true))).toEqual(['entered', 'lost']);
});

it('speaks names as they are wanted', () => {
  const name = (how: 'whole' | 'first' | 'nobody') => newsToSpeak(ALL, { ...USUAL, spoken_name: how }, false)[1]?.values['name'];
  expect([name('whole'), name('first'), name('nobody')]).toEqual(['Sofia Benali', 'Sofia', null]);
});

it('calls people as it is wanted outside of the news too', () => {
  expect((['whole', 'first', 'nobody'] as const).map((how) => spokenName('Sofia Benali', how))).toEqual(['Sofia Benali', 'Sofia', null]);
});
