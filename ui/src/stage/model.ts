import type { LocalView, ParticipantView, PublicationView, RoomView, TrackSource } from '../engine/contract';
import { LOCAL_CAMERA, LOCAL_MICROPHONE } from '../engine/contract';
import type { StageEntry } from './compose';
import { fullSize, type Sides } from './zoom';

/** The key of our own tile; no server gives an id like it, because ids of people are prefixed. */
export const SELF = 'self';

export function personKey(id: string): string {
  return `person:${id}`;
}

export function screenKey(id: string): string {
  return `screen:${id}`;
}

export function publication(someone: ParticipantView, source: TrackSource): PublicationView | undefined {
  return someone.publications.find((one) => one.source === source);
}

/** People with a tile, in order of arrival. */
export function visiblePeople(participants: Record<string, ParticipantView | undefined>): ParticipantView[] {
  return Object.values(participants)
    .filter((someone): someone is ParticipantView => someone !== undefined && someone.kind !== 'hidden')
    .sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));
}

/** A shared screen that is on, if any. */
export function sharedScreen(someone: ParticipantView): PublicationView | null {
  const screen = publication(someone, 'screen_share');
  return screen !== undefined && !screen.muted ? screen : null;
}

/** A tile for each share, in order of arrival of who shares. */
export function screenEntries(people: ParticipantView[]): StageEntry[] {
  return people.flatMap((someone): StageEntry[] => {
    const screen = sharedScreen(someone);
    if (screen === null) return [];
    const aspect = screen.size === null || screen.size.height === 0 ? 16 / 9 : screen.size.width / screen.size.height;
    return [{ key: screenKey(someone.id), kind: 'screen', aspect }];
  });
}

/** All that wants a tile: `screens`, then people in `seats`, then ourselves. */
export function stageEntries(people: ParticipantView[], screens: StageEntry[], seats: readonly string[], selfHidden: boolean): StageEntry[] {
  const known = new Map(people.map((someone) => [someone.id, someone]));
  const persons = seats.flatMap((id): StageEntry[] => (known.has(id) ? [{ key: personKey(id), kind: 'person' }] : []));
  // Alone, we see ourselves whatever was hidden.
  return [...screens, ...persons, ...(selfHidden && persons.length > 0 ? [] : [{ key: SELF, kind: 'self' } as const])];
}

/** What a tile says and shows, whoever it belongs to. */
export interface Face {
  /** For WebDriver and for colour: the participant's id. */
  id: string;
  name: string;
  /** The camera's or screen's track; `null` where no picture is offered. */
  track: string | null;
  microphone: string | null;
  /** A picture is on its way, or there. */
  video: 'none' | 'coming' | 'showing' | 'paused' | 'stopped';
  muted: boolean;
  speaking: boolean;
  weak: boolean;
  reconnecting: boolean;
  hand: number | null;
  tag: 'guest' | 'phone' | 'moderates' | 'presents' | null;
  kind: StageEntry['kind'];
  /** Of what is shared: the size in full. */
  picture: Sides | null;
}

const faces = new WeakMap<ParticipantView, Face>();

/** The same face as long as nothing about them changed: what shows it is not rendered again. */
export function faceOfPerson(someone: ParticipantView): Face {
  const known = faces.get(someone) ?? newFace(someone);
  faces.set(someone, known);
  return known;
}

function newFace(someone: ParticipantView): Face {
  const camera = publication(someone, 'camera');
  const microphone = publication(someone, 'microphone');
  const muted = microphone === undefined || microphone.muted;
  return {
    id: someone.id,
    name: someone.name,
    track: camera !== undefined && !camera.muted ? camera.track : null,
    microphone: microphone?.track ?? null,
    video: videoOf(camera),
    muted,
    speaking: someone.speaking && !muted,
    weak: someone.quality === 'poor' || someone.quality === 'lost',
    reconnecting: someone.reconnecting,
    hand: someone.hand,
    tag:
      sharedScreen(someone) !== null
        ? 'presents'
        : someone.kind === 'phone'
          ? 'phone'
          : someone.role !== 'member'
            ? 'moderates'
            : someone.guest
              ? 'guest'
              : null,
    kind: 'person',
    picture: null,
  };
}

export function faceOfScreen(someone: ParticipantView, screen: PublicationView): Face {
  return {
    ...faceOfPerson(someone),
    track: screen.track,
    microphone: null,
    video: videoOf(screen),
    muted: false,
    speaking: false,
    hand: null,
    tag: null,
    kind: 'screen',
    picture: fullSize(screen.size, screen.full),
  };
}

export function faceOfSelf(me: LocalView, room: RoomView): Face {
  const offered = me.camera_on && (me.preview.kind === 'showing' || me.preview.kind === 'starting');
  return {
    id: me.id ?? 'self',
    name: me.name,
    track: offered ? LOCAL_CAMERA : null,
    microphone: LOCAL_MICROPHONE,
    video: !offered ? 'none' : me.preview.kind === 'showing' ? 'showing' : 'coming',
    muted: !me.microphone_on || !room.capabilities.publish_microphone,
    speaking: false,
    weak: me.quality === 'poor',
    reconnecting: false,
    hand: me.hand,
    tag: me.role === 'member' ? null : 'moderates',
    kind: 'self',
    picture: null,
  };
}

function videoOf(offered: PublicationView | undefined): Face['video'] {
  if (offered === undefined || offered.muted) return 'none';
  if (offered.stopped) return 'stopped';
  if (offered.paused) return 'paused';
  return offered.showing ? 'showing' : 'coming';
}
