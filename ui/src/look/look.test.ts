import { expect, it } from 'vitest';
import { USUAL } from '../engine/store';
import { lookOf, wear, wearBrand } from './look';

it('wears nothing of its own where nothing is set', () => {
  expect(Object.values(lookOf(USUAL, false)).filter((value) => value !== undefined && value !== '')).toEqual([]);
});

it('follows the system in contrast, unless the person says otherwise', () => {
  expect(lookOf(USUAL, true).contrast).toBe('more');
  expect(lookOf({ ...USUAL, contrast: 'normal' }, true).contrast).toBeUndefined();
  expect(lookOf({ ...USUAL, contrast: 'more' }, false).contrast).toBe('more');
});

it('takes off what is not worn any more, and says whether sizes or shapes changed', () => {
  const root = document.createElement('html');
  const set = { ...USUAL, theme: 'dark', motion: 'reduced', typeface: 'dyslexic', text_percent: 150 } as const;
  expect(wear(root, lookOf(set, false))).toBe(true);
  expect({ ...root.dataset }).toEqual({ theme: 'dark', motion: 'reduced', typeface: 'dyslexic', text: 'large' });
  expect(root.style.fontSize).toBe('150%');
  expect(wear(root, lookOf(set, false))).toBe(false);
  expect(wear(root, lookOf(USUAL, false))).toBe(true);
  expect({ ...root.dataset }).toEqual({});
  expect(wear(root, lookOf(USUAL, true))).toBe(true);
  expect(wear(root, lookOf(USUAL, true))).toBe(false);
  expect(wear(root, lookOf(USUAL, false))).toBe(true);
  expect(root.style.fontSize).toBe('');
});

it('wears the colours of an organisation, and takes them off', () => {
  const root = document.createElement('html');
  wearBrand(root, { name: '', mark: null, accent: '#a4262c', accent_dark: null });
  expect([root.style.getPropertyValue('--brand-accent'), root.style.getPropertyValue('--brand-accent-dark'), root.dataset['brand']]).toEqual(['#a4262c', '', 'own']);
  wearBrand(root, { name: '', mark: null, accent: null, accent_dark: null });
  expect([root.style.getPropertyValue('--brand-accent'), root.dataset['brand']]).toEqual(['', undefined]);
});
