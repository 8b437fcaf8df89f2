import { expect, it } from 'vitest';
import type { Link, Snapshot } from './engine/contract';
import { EMPTY_SNAPSHOT } from './engine/store';
import { meetingName } from './window-title';

const link: Link = { kind: 'livekit', host: 'live.example', room: 'abc', secure: true };
const named = (phase: Snapshot['phase'], name = '') => meetingName({ phase, room: { ...EMPTY_SNAPSHOT.room, name } });

it('takes the name that is known best, and none outside of a meeting', () => {
  expect(named({ kind: 'in_meeting', link, reconnecting_for: null }, 'Point d’équipe')).toBe('Point d’équipe');
  expect(named({ kind: 'pre_join', link })).toBe('abc');
  expect(named({ kind: 'pre_join', link: { ...link, room: '' } })).toBe('live.example');
  expect(named({ kind: 'home' }, 'Point d’équipe')).toBe('');
});

it('lets no name turn what stands beside it', () => {
  expect(named({ kind: 'pre_join', link }, 'A\u202eB\nC\u200b')).toBe('A B C');
});
