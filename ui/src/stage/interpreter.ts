import { useMeeting } from '../engine/context';
import type { ParticipantView } from '../engine/contract';
import { useUi } from '../ui-state';
import { personKey, visiblePeople } from './model';

/** Whose hands speak: the one who was marked, or, after they came anew, whoever has their name. */
export interface Interpreter {
  /** `null` where only the name is known, of an earlier meeting. */
  id: string | null;
  name: string;
}

/** The tile's key of the interpreter; `null` where nobody is marked or they are away. Pure. */
export function interpreterKey(marked: Interpreter | null, people: readonly ParticipantView[]): string | null {
  if (marked === null) return null;
  const found = people.find(({ id }) => id === marked.id) ?? people.find(({ name, kind }) => name === marked.name && kind === 'person');
  return found === undefined ? null : personKey(found.id);
}

export function useInterpreterKey(): string | null {
  const marked = useUi((state) => state.interpreter);
  return useMeeting((state) => (marked === null ? null : interpreterKey(marked, visiblePeople(state.participants))));
}
