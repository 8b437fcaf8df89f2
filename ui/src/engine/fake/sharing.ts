import type { Command, Patch, ScreenSource, ShareView, SharingView, Snapshot } from '../contract';
import { ALL_CAPABILITIES, call, JULIEN, NINE, type Scenario } from './world';

/** A small grey picture. */
const PICTURE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAFCAIAAAD38zoCAAAAFklEQVR4nGNkYGBgYGBgYoAB3CwAAAHQABEKRuRGAAAAAElFTkSuQmCC';

const source = (id: string, kind: ScreenSource['kind'], title: string, own = false): ScreenSource => ({
  id,
  kind,
  title,
  own,
  size: { width: 1280, height: 720 },
  thumbnail: kind === 'window' ? PICTURE : null,
  process: kind === 'window' ? 4711 : null,
});

export const SOURCES: ScreenSource[] = [
  source('screen:1', 'screen', 'HDMI-1', true),
  source('window:1', 'window', 'Budget archives 2027'),
  source('window:2', 'window', 'Visavis', true),
  // Of a program that does not say which process it is.
  { ...source('window:3', 'window', 'Horloge'), process: null },
];

/** What the system's dialog tells of a choice: no name. */
const ASKED = source('portal', 'screen', '');

function shared(found: ScreenSource, mode: ShareView['mode'], sound: ShareView['sound'] = 'off'): ShareView {
  const { kind, title, own, size } = found;
  return { kind, title, own, mode, size, moving: false, paused: false, hidden: false, sound, published: true, seen_by: 5 };
}

/** What the engine does when something is to be shared. `null`: no such command. */
export function reactSharing(state: Snapshot, command: Command): Patch[] | null {
  const { sharing } = state;
  const edit = (change: Partial<SharingView>): Patch[] => [{ key: 'sharing', value: { ...sharing, ...change } }];
  switch (command.kind) {
    case 'look_for_screens':
      return edit({ possible: true, looked: true, sound: sharing.sound === 'unknown' ? 'possible' : sharing.sound, sources: SOURCES.filter((one) => !sharing.windows_only || one.kind === 'window') });
    case 'start_share': {
      const { choice } = command;
      const found = SOURCES.find((one) => choice.kind === 'source' && one.id === choice.value);
      // The dialog is open.
      if (choice.kind === 'asked') return edit({ active: { ...shared(ASKED, command.mode), size: null, published: false, seen_by: 0 } });
      return edit({ sources: [], looked: false, active: found === undefined ? null : shared(found, command.mode, command.sound ? 'on' : 'off') });
    }
    case 'pause_share':
      return edit({ active: sharing.active && { ...sharing.active, paused: command.paused } });
    case 'set_share_sound':
      return edit({ active: sharing.active && { ...sharing.active, sound: command.on ? 'on' : 'off' } });
    case 'stop_share':
      return edit({ active: null, sources: [], looked: false });
    default:
      return null;
  }
}

/** A meeting in which one may share, and one in which a window is shared. */
export const SHARING: Record<string, () => Scenario> = {
  'call-may-share': () => ({ start: may(), turns: 0 }),
  'call-sharing': () => {
    const start = may();
    return { start: { ...start, sharing: { ...start.sharing, active: shared(source('window:1', 'window', 'Budget archives 2027'), 'automatic', 'on') } }, turns: 0 };
  },
};

function may(): Snapshot {
  const start = call([...NINE.slice(0, 4), JULIEN], 'Point d’équipe numérique', 24);
  return { ...start, room: { ...start.room, capabilities: { ...ALL_CAPABILITIES, publish_screen: true } } };
}
