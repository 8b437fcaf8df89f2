import { expect, it } from 'vitest';
import { addressesOf, invitationText, spacedPin } from './invitation';

const words = { title: 'Réunion', link: (link: string) => `Rejoindre : ${link}`, phone: (phone: string) => `Tél. ${phone}`, pin: (pin: string) => `Code : ${pin}` };

it('is plain text with what there is', () => {
  expect(invitationText({ link: 'https://v.example/abc-defg-hij', phone: '+33 1 23 45 67 89', pin: '1234567890' }, words)).toBe(
    'Réunion\nRejoindre : https://v.example/abc-defg-hij\nTél. +33 1 23 45 67 89\nCode : 123 456 7890 #',
  );
  expect(invitationText({ link: 'https://v.example/a', phone: null, pin: null }, words)).toBe('Réunion\nRejoindre : https://v.example/a');
  expect(spacedPin('12')).toBe('12');
});

it('finds addresses between commas, spaces and lines, and what is none', () => {
  expect(addressesOf('a@x.example, <b@y.example>;\n a@x.example c@z.example')).toEqual({ addresses: ['a@x.example', 'b@y.example', 'c@z.example'], wrong: null });
  expect(addressesOf('a@x.example nobody').wrong).toBe('nobody');
  expect(addressesOf('a@x')).toEqual({ addresses: ['a@x'], wrong: 'a@x' });
  expect(addressesOf('  ')).toEqual({ addresses: [], wrong: null });
});
