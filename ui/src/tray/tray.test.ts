import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../engine/contract';
import { FAKE_NOW, scenario } from '../engine/fake/scenarios';
import { trayOf } from './tray';

const time = (at: number) => new Date(at).toISOString().slice(11, 16);
const menu = (snapshot: Snapshot) => trayOf(snapshot, FAKE_NOW, time);
const keys = (snapshot: Snapshot) => menu(snapshot).entries.map(({ text }) => text.key);
const call = scenario('call-2').start;

describe('the tray', () => {
  it('leads into the next meeting and to rooms, outside of one', () => {
    const home = scenario('home-calendar').start;
    const { shape, entries } = menu(home);
    expect(shape).toBe('idle');
    const join = entries.find(({ text }) => text.key === 'join');
    expect(join?.does).toMatchObject({ kind: 'command', command: { kind: 'offer', direct: false }, front: true });
    expect(entries.filter(({ text }) => text.key === 'open').length).toBeLessThanOrEqual(5);
    expect(keys({ ...home, home: { ...home.home, recent: [], rooms: [], calendar: { ...home.home.calendar, meetings: [] } } })).toEqual(['paste', 'show', 'doctor', 'settings', 'quit']);
  });

  it('takes a link that was copied wherever nothing is lost by it', () => {
    const offered = (scene: string) => keys(scenario(scene).start).includes('paste');
    for (const scene of ['home', 'home-first', 'prejoin', 'ended', 'error-vis-net-off-01']) expect(offered(scene), scene).toBe(true);
    for (const scene of ['joining', 'lobby', 'call-2']) expect(offered(scene), scene).toBe(false);
    const { entries } = menu(scenario('lobby').start);
    expect(entries.find(({ text }) => text.key === 'show')?.line).toBe(true);
  });

  it('does in a meeting what one does without looking at it', () => {
    expect(keys(call)).toEqual(['microphoneOff', 'cameraOff', 'handUp', 'show', 'leave', 'doctor', 'settings', 'quit']);
    const { entries } = menu({ ...call, me: { ...call.me, microphone_on: false, camera_on: false, hand: 1 } });
    expect(entries.slice(0, 3).map(({ text, does }) => [text.key, does.kind === 'command' && does.command])).toEqual([
      ['microphoneOn', { kind: 'set_microphone_on', on: true }],
      ['cameraOn', { kind: 'set_camera_on', on: true }],
      ['handDown', { kind: 'raise_hand', up: false }],
    ]);
    expect(keys({ ...call, room: { ...call.room, capabilities: { ...call.room.capabilities, raise_hand: false } } })).not.toContain('handUp');
  });

  it('says by its shape whether one is heard, and who waits to whoever can open', () => {
    expect(menu(call).shape).toBe('call');
    const muted = { ...call, me: { ...call.me, microphone_on: false } };
    expect(menu(muted)).toMatchObject({ shape: 'muted', title: { key: 'muted', values: { name: call.room.name } } });
    const waits = { ...muted, together: { ...call.together, waiting: [{ id: 'w1', name: 'Zoé', color: null }] } };
    const may = (moderate: boolean) => ({ ...waits, room: { ...call.room, capabilities: { ...call.room.capabilities, moderate } } });
    expect(menu(may(false)).shape).toBe('muted');
    expect(menu(may(true))).toMatchObject({ shape: 'waiting', title: { key: 'waiting', values: { name: 'Zoé' } } });
  });

  it('says how many messages nobody has seen, in a meeting', () => {
    expect(trayOf(call, FAKE_NOW, time, 2)).toMatchObject({ shape: 'call', unread: 2 });
    expect(trayOf(scenario('home').start, FAKE_NOW, time, 2).unread).toBe(0);
  });
});
