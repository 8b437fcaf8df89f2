import type { InterpreterChoice, Link, Phase, WindowChoices } from './engine/contract';
import type { UiState } from './ui-state';

/** What a person chose about the window and finds again: in the next meeting, and at the next start. */
export class Remembered {
  /** `keep` writes it down. */
  constructor(
    private choices: WindowChoices,
    private readonly keep: (choices: WindowChoices) => void,
  ) {}

  /** What a view of `phase` begins with. */
  recall(phase: Phase): Partial<UiState> {
    const { layout, corner, self_hidden: selfHidden, interpreters } = this.choices;
    const link = meetingOf(phase);
    const known = link === null ? undefined : interpreters.find((one) => isOf(one, link));
    // By name: who comes without an account is another person to the server each time.
    return { layout, corner, selfHidden, ...(known === undefined ? {} : { interpreter: { id: null, name: known.name } }) };
  }

  /** Takes of the state what outlives the view. */
  changed(phase: Phase, before: UiState, after: UiState): void {
    const { layout, corner, selfHidden, interpreter } = after;
    const same = layout === before.layout && corner === before.corner && selfHidden === before.selfHidden && interpreter === before.interpreter;
    if (same) return;
    const link = interpreter === before.interpreter ? null : meetingOf(phase);
    this.choices = { layout, corner, self_hidden: selfHidden, interpreters: link === null ? this.choices.interpreters : this.with(link, interpreter?.name ?? '') };
    this.keep(this.choices);
  }

  private with(link: Link, name: string): InterpreterChoice[] {
    const others = this.choices.interpreters.filter((one) => !isOf(one, link));
    return name === '' ? others : [{ host: link.host, room: link.room, name }, ...others];
  }
}

function isOf(choice: InterpreterChoice, link: Link): boolean {
  return choice.host === link.host && choice.room === link.room;
}

/** Which meeting somebody is in; `null` outside of one. */
function meetingOf(phase: Phase): Link | null {
  return phase.kind === 'in_meeting' ? phase.link : null;
}
