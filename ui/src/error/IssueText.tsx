import { useTranslation } from 'react-i18next';
import { ACCOUNT_ACTIONS } from '../account/account';
import { useEngine, useMeeting } from '../engine/context';
import type { Issue, Phase } from '../engine/contract';
import type { Platform } from '../engine/engine';

const SYSTEMS: Record<Platform, string | null> = { linux: null, windows: 'Windows', macos: 'macOS' };

type Part = 'cause' | 'next';

/** Gives the values for the sentences of an issue; none is ever missing. */
function useValues(): (issue: Issue) => Record<string, string> {
  const { t, i18n } = useTranslation('issues');
  const { shell } = useEngine();
  const host = useMeeting((state) => ('link' in state.phase ? state.phase.link?.host : undefined));
  return ({ params }) => {
    const words = (params['sources'] ?? '').split(',').filter((source) => source !== '');
    return {
      ...params,
      // An empty name is none: who has gone is not known by name any more.
      by: params['by'] || t('somebody'),
      what:
        params['sources'] === undefined
          ? t(`act.${(params['action'] ?? 'other') as 'other'}`, { defaultValue: t('act.other') })
          : new Intl.ListFormat(i18n.language, { type: 'unit' }).format(words.map((word) => t(`source.${word as 'camera'}`, { defaultValue: word }))),
      host: params['host'] ?? host ?? t('theServer'),
      name: params['name'] ?? t('somebody'),
      system: SYSTEMS[shell.platform] ?? t('theSystem'),
    };
  };
}

/** Values for the sentences of an issue; none is ever missing. */
export function useIssueValues(issue: Issue): Record<string, string> {
  return useValues()(issue);
}

/** Whether it is told to somebody who is in: nothing is said of entering there. */
const isInside = (phase: Phase) => phase.kind === 'in_meeting';

/** Gives a sentence of an issue, with `<b>` around what matters in it. */
function useSentence(): (issue: Issue, part: Part, inside: boolean) => string {
  const { t } = useTranslation('issues');
  const valuesOf = useValues();
  return (issue, part, inside) => {
    const context = contextOf(issue, part) ?? (inside ? 'in' : undefined);
    // Some sentences exist once for each sub-cause (`next_no_host`), or for a meeting (`next_in`); an unknown one falls back to the plain sentence.
    return t(`codes.${issue.code}.${part}`, { ...valuesOf(issue), ...(context === undefined ? {} : { context }) } as never) as unknown as string;
  };
}

/** A sentence of an issue: its cause, or the next step. */
export function IssueText({ issue, part }: { issue: Issue; part: Part }) {
  const inside = useMeeting((state) => isInside(state.phase));
  const text = useSentence()(issue, part, inside);
  return text.split(/<b>(.*?)<\/b>/).map((piece, at) => (at % 2 === 1 ? <b key={at}>{piece}</b> : piece));
}

/**
 * Gives what is said of an issue where it is heard and not read, in the phase that holds then: an entry is told by the view before it, which never renders
 * inside.
 */
export function useIssueSpeech(): (issue: Issue, phase: Phase) => string {
  const sentenceOf = useSentence();
  return (issue, phase) => {
    const inside = isInside(phase);
    return `${sentenceOf(issue, 'cause', inside)} ${sentenceOf(issue, 'next', inside)}`.replaceAll(/<\/?b>/g, '').trim();
  };
}

/** What the sentences of a code differ by. */
function contextOf({ params, action }: Issue, part: Part): string | undefined {
  // Why the call moved is one half of the sentence, where to is the other.
  if (part === 'next' && params['now'] !== undefined) return params['now'];
  if (action === 'create_room') return 'create';
  const given = params['cause'] ?? params['role'] ?? params['mode'] ?? params['kind'];
  // Sound, picture, or what is shared: refused, or stopped by somebody else (`stopped_camera`).
  if (params['source'] !== undefined) return given === undefined ? params['source'] : `${given}_${params['source']}`;
  // What concerns an account concerns no meeting.
  if ((given === 'unreachable' || given === 'not_allowed') && ACCOUNT_ACTIONS.includes(params['action'] ?? '')) return `${given}_account`;
  // `_many` would be a plural form.
  if (given !== undefined) return given === 'too_many' ? 'toomany' : given;
  if (params['by']) return 'by';
  return params['seconds'] === undefined ? undefined : 'seconds';
}

/** The word on the key of an issue: some codes have their own. */
export function useActionText(issue: Issue): string {
  const { t } = useTranslation('issues');
  const action = issue.action === 'none' ? '' : t(`action.${issue.action}`);
  return t(`codes.${issue.code}.key` as 'dismiss', { defaultValue: action });
}
