import type { Command, ParticipantView, Patch, Snapshot, TogetherView } from '../contract';
import { reactAccounts } from './accounts';

/** What the room does upon what is asked of it: at once, and always. `null`: no such command. */
export function reactTogether(state: Snapshot, command: Command): Patch[] | null {
  const { me, together, participants } = state;
  const all = Object.values(participants).filter((someone): someone is ParticipantView => someone !== undefined);
  const edit = (change: Partial<TogetherView>): Patch => ({ key: 'together', value: { ...together, ...change } });
  const person = (id: string, change: (someone: ParticipantView) => Partial<ParticipantView>): Patch[] => {
    const someone = participants[id];
    return someone === undefined ? [] : [{ key: 'participant', value: { ...someone, ...change(someone) } }];
  };
  const muted = (someone: ParticipantView) => ({
    speaking: false,
    publications: someone.publications.map((one) => (one.source === 'microphone' ? { ...one, muted: true } : one)),
  });
  const without = (id: string) => edit({ waiting: together.waiting.filter((one) => one.id !== id) });

  switch (command.kind) {
    case 'raise_hand': {
      const rank = Math.max(0, ...all.map((someone) => someone.hand ?? 0)) + 1;
      return [{ key: 'me', value: { ...me, hand: command.up ? rank : null } }];
    }
    case 'react': {
      const id = Math.max(0, ...together.reactions.map((one) => one.id)) + 1;
      return [edit({ reactions: [...together.reactions, { id, from: null, name: me.name, reaction: command.reaction }] })];
    }
    case 'set_captions':
      return [edit({ captions: command.on ? 'on' : 'off' })];
    case 'admit':
    case 'refuse':
      return [without(command.waiter)];
    case 'admit_all':
      return [edit({ waiting: [] })];
    case 'mute_participant':
      return person(command.participant, muted);
    case 'mute_all':
      return all.flatMap((someone) => person(someone.id, muted));
    case 'lower_hand':
      return person(command.participant, () => ({ hand: null }));
    case 'lower_all_hands':
      return all.filter((someone) => someone.hand !== null).flatMap((someone) => person(someone.id, () => ({ hand: null })));
    case 'set_role':
      return person(command.participant, () => ({ role: command.role }));
    case 'rename_participant':
      return person(command.participant, () => ({ name: command.name }));
    case 'remove_participant':
      return [{ key: 'participant_gone', value: command.participant }];
    case 'configure': {
      const { settings } = together;
      const next = {
        access: command.access ?? settings.access,
        sources: command.sources ?? settings.sources,
        everyone_can_mute: command.everyone_can_mute ?? settings.everyone_can_mute,
      };
      return [edit({ settings: next })];
    }
    case 'start_recording':
      return [edit({ recording: { phase: 'running', mode: command.mode } })];
    case 'stop_recording':
      return [edit({ recording: { phase: 'saving', mode: together.recording.mode } })];
    case 'ask_for_recording':
    case 'invite':
      return [];
    case 'add_server':
      return [...(reactAccounts(state, command) ?? []), { key: 'issues', value: state.issues.filter((one) => one.code !== 'VIS-JOIN-SERVER-19') }];
    case 'refuse_offer':
      return [{ key: 'offered', value: null }];
    case 'take_offer':
      return state.offered === null
        ? []
        : [
            { key: 'phase', value: { kind: 'pre_join', link: state.offered } },
            { key: 'offered', value: null },
          ];
    case 'stay':
      return [{ key: 'issues', value: state.issues.filter((one) => one.code !== 'VIS-CALL-ALONE-69') }];
    default:
      return reactAccounts(state, command);
  }
}
