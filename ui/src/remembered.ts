import type { InterpreterChoice, Link, Phase, WindowChoices } from './engine/contract';
import type { UiState } from './ui-state';

/** What a person chose about the window and finds again: in the next meeting, and at the next start. */
export class Remembered {
  /** What was written into a meeting's chat and not sent; nowhere but here. */
  private draft: { link: Link; text: string } | null = null;

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
    const interpreter = known === undefined ? {} : { interpreter: { id: null, name: known.name } };
    // A connection that was lost in the middle of a sentence takes nothing of it.
    const draft = link === null || this.draft === null || !isOf(this.draft.link, link) ? {} : { chatDraft: this.draft.text };
    return { layout, corner, selfHidden, ...interpreter, ...draft };
  }

  /** Takes of the state what outlives the view. */
  changed(phase: Phase, before: UiState, after: UiState): void {
    const meeting = meetingOf(phase);
    if (after.chatDraft !== before.chatDraft && meeting !== null) this.draft = { link: meeting, text: after.chatDraft };
    const { layout, corner, selfHidden, interpreter } = after;
    const same = layout === before.layout && corner === before.corner && selfHidden === before.selfHidden && interpreter === before.interpreter;
    if (same) return;
    const link = interpreter === before.interpreter ? null : meeting;
    this.choices = { layout, corner, self_hidden: selfHidden, interpreters: link === null ? this.choices.interpreters : this.with(link, interpreter?.name ?? '') };
    this.keep(this.choices);
  }

  private with(link: Link, name: string): InterpreterChoice[] {
    const others = this.choices.interpreters.filter((one) => !isOf(one, link));
    return name === '' ? others : [{ host: link.host, room: link.room, name }, ...others];
  }
}

function isOf(choice: Pick<Link, 'host' | 'room'>, link: Link): boolean {
  return choice.host === link.host && choice.room === link.room;
}

/** Which meeting somebody is in; `null` outside of one. */
function meetingOf(phase: Phase): Link | null {
  return phase.kind === 'in_meeting' ? phase.link : null;
}
