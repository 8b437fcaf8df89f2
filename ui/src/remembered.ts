import type { Phase } from './engine/contract';
import type { UiState } from './ui-state';

type OwnPicture = Pick<UiState, 'corner' | 'selfHidden'>;

/** What a person chose once and finds again, as long as the window lives: for all meetings, and for each one. */
export class Remembered {
  private own: Partial<OwnPicture> = {};
  private readonly interpreters = new Map<string, string>();

  /** What a view of `phase` begins with. */
  recall(phase: Phase): Partial<UiState> {
    const meeting = meetingOf(phase);
    const interpreter = meeting === null ? undefined : this.interpreters.get(meeting);
    return { ...this.own, ...(interpreter === undefined ? {} : { interpreter }) };
  }

  /** Keeps of the state what outlives the view. */
  keep(phase: Phase, before: UiState, { corner, selfHidden, interpreter }: UiState): void {
    if (corner !== before.corner || selfHidden !== before.selfHidden) this.own = { corner, selfHidden };
    const meeting = meetingOf(phase);
    if (meeting === null || interpreter === before.interpreter) return;
    if (interpreter === null) this.interpreters.delete(meeting);
    else this.interpreters.set(meeting, interpreter);
  }
}

/** Which meeting somebody is in; `null` outside of one. */
function meetingOf(phase: Phase): string | null {
  return phase.kind === 'in_meeting' ? `${phase.link.host}/${phase.link.room}` : null;
}
