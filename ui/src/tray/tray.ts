import { openOf } from '../calendar/agenda';
import { openWayOf } from '../calendar/way';
import type { Command, Phase, Snapshot } from '../engine/contract';
import type { TrayShape } from '../engine/engine';

/** Rooms that are offered outside of a meeting. */
const MOST_ROOMS = 5;

/** What the tray says, as a key of `tray` and its values. */
export interface TrayText {
  key: 'idle' | 'call' | 'muted' | 'waiting' | 'join' | 'open' | 'microphoneOff' | 'microphoneOn' | 'cameraOff' | 'cameraOn' | 'handUp' | 'handDown' | 'show' | 'paste' | 'leave' | 'doctor' | 'settings' | 'quit';
  values?: Record<string, string>;
}

/** An entry of the menu; `line`: what comes next is something else. */
export interface TrayEntry {
  text: TrayText;
  does: { kind: 'command'; command: Command; front: boolean } | { kind: 'show' } | { kind: 'paste' } | { kind: 'settings' } | { kind: 'doctor' } | { kind: 'quit' };
  line: boolean;
}

export interface TrayMenu {
  shape: TrayShape;
  title: TrayText;
  /** Messages of others that nobody has seen. */
  unread: number;
  entries: TrayEntry[];
}

/** The time of a meeting is put into words by whoever shows it. */
export type TimeText = (at: number) => string;

function offer(text: string): Command {
  return { kind: 'offer', text, direct: false, microphone_off: false, camera_off: false };
}

/** Whether the window may go to the field for a link: nothing is lost by it. Pure. */
export function mayPaste({ kind }: Phase): boolean {
  return kind === 'home' || kind === 'pre_join' || kind === 'ended' || kind === 'failed';
}

/** What the tray shows and offers at `now` (interface specification §5); `unread`: so many messages were not seen. Pure. */
export function trayOf(snapshot: Snapshot, now: number, time: TimeText, unread = 0): TrayMenu {
  const { phase, me, together, room } = snapshot;
  const entries: TrayEntry[] = [];
  const add = (text: TrayText, does: TrayEntry['does'], line = false) => entries.push({ text, does, line });
  const command = (key: TrayText['key'], asked: Command) => add({ key }, { kind: 'command', command: asked, front: false });
  const end = () => {
    add({ key: 'doctor' }, { kind: 'doctor' }, true);
    add({ key: 'settings' }, { kind: 'settings' });
    add({ key: 'quit' }, { kind: 'quit' });
  };
  if (phase.kind === 'in_meeting') {
    const waiting = room.capabilities.moderate ? together.waiting : [];
    const up = me.hand !== null;
    command(me.microphone_on ? 'microphoneOff' : 'microphoneOn', { kind: 'set_microphone_on', on: !me.microphone_on });
    command(me.camera_on ? 'cameraOff' : 'cameraOn', { kind: 'set_camera_on', on: !me.camera_on });
    if (room.capabilities.raise_hand) command(up ? 'handDown' : 'handUp', { kind: 'raise_hand', up: !up });
    add({ key: 'show' }, { kind: 'show' }, true);
    command('leave', { kind: 'leave' });
    end();
    const name = room.name || phase.link.room;
    const [first] = waiting;
    if (first !== undefined) return { shape: 'waiting', title: { key: 'waiting', values: { name: first.name } }, unread, entries };
    return { shape: me.microphone_on ? 'call' : 'muted', title: { key: me.microphone_on ? 'call' : 'muted', values: { name } }, unread, entries };
  }
  const [next] = openOf(snapshot.home.calendar.meetings, now);
  const way = next === undefined ? null : openWayOf(next);
  if (next !== undefined && way !== null) {
    const title = next.title || way.room || way.host;
    add({ key: 'join', values: { title, time: time(next.start) } }, { kind: 'command', command: offer(way.text), front: true });
  }
  const rooms = [
    ...snapshot.home.rooms.map(({ name, link }) => ({ name, text: link })),
    ...snapshot.home.recent.map((recent) => ({ name: recent.room || recent.host, text: recent.text })),
  ];
  for (const [at, one] of rooms.slice(0, MOST_ROOMS).entries()) {
    add({ key: 'open', values: { name: one.name } }, { kind: 'command', command: offer(one.text), front: true }, at === 0);
  }
  // Nobody who waits to come in loses their place for what they copied.
  const pastes = mayPaste(phase);
  if (pastes) add({ key: 'paste' }, { kind: 'paste' }, true);
  add({ key: 'show' }, { kind: 'show' }, !pastes);
  end();
  return { shape: 'idle', title: { key: 'idle' }, unread: 0, entries };
}
