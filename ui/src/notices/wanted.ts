import type { NoticeChoices } from '../engine/contract';
import type { Wanted } from './notices';

/** Which choice a notice belongs to. */
const CHOICES: Record<Wanted['key'], keyof NoticeChoices> = {
  waits: 'waits',
  mayEnter: 'entry',
  message: 'message',
  hand: 'hand',
  muted: 'muted',
  // Both are something of ours that others do not get any more.
  shareEnded: 'muted',
  removed: 'end',
  failed: 'end',
  recording: 'recording',
  transcript: 'recording',
  alone: 'alone',
};

/** Whether somebody wants to be told of it outside of the window. */
export function isNoticeWanted({ key }: Pick<Wanted, 'key'>, choices: NoticeChoices): boolean {
  return choices[CHOICES[key]];
}
