import { expect, it } from 'vitest';
import type { Issue, Snapshot } from '../engine/contract';
import { issue, scenario } from '../engine/fake/scenarios';
import { issuesToSay } from './issue-news';

const two = scenario('call-2').start;
const having = (...issues: Issue[]): Snapshot => ({ ...two, issues });
const codes = (before: Snapshot, after: Snapshot) => issuesToSay(before, after).map(({ code }) => code);

const RELAY = issue('VIS-NET-UDP-21', 'none');
const SPEAKS = issue('VIS-MIC-MUTED-66', 'turn_on_microphone');
const refused = (action: string) => issue('VIS-CALL-ACTION-49', 'none', { action, cause: 'policy' });

it('says each issue when it comes, and none again when another goes', () => {
  expect(codes(two, having(RELAY, SPEAKS))).toEqual([RELAY.code, SPEAKS.code]);
  expect(codes(having(RELAY), having(RELAY, SPEAKS))).toEqual([SPEAKS.code]);
  expect(codes(having(RELAY, SPEAKS), having(SPEAKS))).toEqual([]);
  expect(codes(having(RELAY), having({ ...RELAY }))).toEqual([]);
});

it('says the same code about something else', () => {
  expect(codes(having(refused('invite')), having(refused('admit')))).toEqual(['VIS-CALL-ACTION-49']);
});

it('says with the entry what holds in there too, and nothing outside of a meeting', () => {
  const door: Snapshot = { ...having(RELAY), phase: scenario('joining').start.phase };
  expect(codes(door, having(RELAY))).toEqual([RELAY.code]);
  expect(codes(two, { ...having(RELAY), phase: { kind: 'home' } })).toEqual([]);
});

it('leaves alone what has news of its own', () => {
  for (const code of ['VIS-CALL-RESUME-43', 'VIS-CALL-MUTED-45', 'VIS-CALL-ALONE-69', 'VIS-REC-OFF-63'] as const) expect(codes(two, having(issue(code, 'none')))).toEqual([]);
  const recorded = issue('VIS-REC-ON-62', 'none', { by: 'Julien' });
  expect(codes(two, { ...having(recorded), room: { ...two.room, recording: true } })).toEqual([]);
  expect(codes(two, having(recorded))).toEqual([recorded.code]);
});

it('says silence once: as it begins, or by its issue', () => {
  const silent = issue('VIS-MIC-SILENT-53', 'choose_device');
  expect(codes(two, having(silent))).toEqual([silent.code]);
  expect(codes({ ...two, me: { ...two.me, hearing: 'silent' } }, having(silent))).toEqual([]);
});
