import { expect, it } from 'vitest';
import type { RuleView } from '../engine/contract';
import { EMPTY_SNAPSHOT, USUAL } from '../engine/store';
import { wantedLanguage } from './wanted';

function wanted(shell: { locale: string; language: string | null }, own: string | null, rules: Partial<RuleView>[]) {
  const rule = (over: Partial<RuleView>): RuleView => ({ key: 'Language', value: '', source: 'a', mandatory: false, in_force: true, known: true, error: null, ...over });
  const policy = { ...EMPTY_SNAPSHOT.policy, rules: rules.map(rule) };
  const { language, origin } = wantedLanguage({ policy, settings: { ...USUAL, language: own } }, shell);
  return [language, origin];
}

it('follows who is stronger', () => {
  const forced = { value: 'fr', mandatory: true };
  const advised = { value: 'nl' };
  const plain = { locale: 'de-AT', language: null };
  expect(wanted(plain, null, [])).toEqual(['de', 'usual']);
  expect(wanted(plain, null, [advised])).toEqual(['nl', 'advised']);
  expect(wanted(plain, 'en', [advised])).toEqual(['en', 'own']);
  expect(wanted(plain, 'system', [advised])).toEqual(['de', 'own']);
  expect(wanted({ ...plain, language: 'en' }, 'nl', [advised])).toEqual(['en', 'start']);
  expect(wanted({ ...plain, language: 'en' }, 'nl', [forced, { ...advised, in_force: false }])).toEqual(['fr', 'set']);
  expect(wanted(plain, null, [{ ...forced, in_force: false }])).toEqual(['de', 'usual']);
});
