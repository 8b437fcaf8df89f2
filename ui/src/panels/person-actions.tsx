import { Hand, IdCard, Languages, MicOff, PencilLine, Pin, PinOff, ShieldMinus, ShieldPlus, UserMinus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useSpokenName } from '../a11y/useSpokenName';
import { useMeeting, useSend } from '../engine/context';
import type { ParticipantView } from '../engine/contract';
import { MenuItem } from '../parts/overlays';
import { useInterpreterKey } from '../stage/interpreter';
import { personKey, publication } from '../stage/model';
import { useLayoutActs } from '../stage/useLayoutActs';
import { useUi, useUiStore } from '../ui-state';

/** What may be done to somebody, as data: the same in the list and on a tile. */
export type PersonAct = 'mute' | 'lower' | 'promote' | 'demote' | 'rename' | 'remove';

/** What `someone` can be asked or told by us. Pure. */
export function actsOn(someone: ParticipantView, rights: { moderate: boolean; everyoneCanMute: boolean }): PersonAct[] {
  const microphone = publication(someone, 'microphone');
  const audible = microphone !== undefined && !microphone.muted;
  const acts: PersonAct[] = [];
  // Nobody can turn on the microphone of another.
  if (audible && (rights.moderate || rights.everyoneCanMute)) acts.push('mute');
  if (!rights.moderate) return acts;
  if (someone.hand !== null) acts.push('lower');
  // Ownership is neither given nor taken; a role needs an account.
  if (someone.role === 'administrator') acts.push('demote');
  else if (someone.role === 'member' && !someone.guest && someone.kind === 'person') acts.push('promote');
  if (someone.kind === 'person') acts.push('rename');
  if (someone.role !== 'owner') acts.push('remove');
  return acts;
}

const ICONS = { mute: MicOff, lower: Hand, promote: ShieldPlus, demote: ShieldMinus, rename: PencilLine, remove: UserMinus };
const WORDS = { mute: 'mute', lower: 'lowerHand', promote: 'promote', demote: 'demote', rename: 'rename', remove: 'remove' } as const;

/** Marks whose hands speak; each for themselves. */
function InterpreterItem({ someone: { id, name } }: { someone: ParticipantView }) {
  const { t } = useTranslation(['stage', 'announce']);
  const ui = useUiStore();
  const announce = useAnnounce();
  const called = useSpokenName();
  const marked = useInterpreterKey() === personKey(id);
  const toggle = () => {
    ui.setState({ interpreter: marked ? null : { id, name } });
    announce({ kind: 'layout', text: t(marked ? 'announce:interpreterOff' : 'announce:interpreterOn', { name: called(name) }), politeness: 'polite' });
  };
  return (
    <MenuItem icon={<Languages aria-hidden="true" />} onAction={toggle}>
      {marked ? t('stage:notInterpreter') : t('stage:interpreter')}
    </MenuItem>
  );
}

/** The items of a menu for a person; to be put into a `Menu`. */
export function usePersonItems(id: string): ReactElement[] {
  const { t } = useTranslation(['panels', 'stage']);
  const send = useSend();
  const ui = useUiStore();
  const someone = useMeeting((state) => state.participants[id]);
  const moderate = useMeeting((state) => state.room.capabilities.moderate);
  const everyoneCanMute = useMeeting((state) => state.together.settings.everyone_can_mute);
  const pinned = useUi((state) => state.pins.includes(personKey(id)));
  const { pin } = useLayoutActs();
  if (someone === undefined) return [];
  const run: Record<PersonAct, () => void> = {
    mute: () => send({ kind: 'mute_participant', participant: id }),
    lower: () => send({ kind: 'lower_hand', participant: id }),
    promote: () => send({ kind: 'set_role', participant: id, role: 'administrator' }),
    demote: () => send({ kind: 'set_role', participant: id, role: 'member' }),
    rename: () => ui.setState({ dialog: { kind: 'rename', participant: id } }),
    remove: () => ui.setState({ dialog: { kind: 'remove', participant: id } }),
  };
  return [
    <MenuItem key="pin" icon={pinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />} onAction={() => pin(personKey(id), { kind: 'person', name: someone.name })}>
      {pinned ? t('stage:unpin') : t('stage:pin')}
    </MenuItem>,
    <MenuItem key="who" icon={<IdCard aria-hidden="true" />} onAction={() => ui.setState({ dialog: { kind: 'card', participant: id } })}>
      {t('panels:who')}
    </MenuItem>,
    ...(someone.kind === 'person' ? [<InterpreterItem key="interpreter" someone={someone} />] : []),
    ...actsOn(someone, { moderate, everyoneCanMute }).map((act) => {
      const Icon = ICONS[act];
      return (
        <MenuItem key={act} icon={<Icon aria-hidden="true" />} onAction={run[act]}>
          {t(`panels:${WORDS[act]}`)}
        </MenuItem>
      );
    }),
  ];
}
