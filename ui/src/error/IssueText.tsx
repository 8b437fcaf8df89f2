import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting } from '../engine/context';
import type { Issue } from '../engine/contract';
import type { Platform } from '../engine/engine';

const SYSTEMS: Record<Platform, string | null> = { linux: null, windows: 'Windows', macos: 'macOS' };

/** Values for the sentences of an issue; none is ever missing. */
export function useIssueValues(issue: Issue): Record<string, string> {
  const { t } = useTranslation('issues');
  const { shell } = useEngine();
  const host = useMeeting((state) => ('link' in state.phase ? state.phase.link?.host : undefined));
  return {
    ...issue.params,
    host: issue.params['host'] ?? host ?? t('theServer'),
    name: issue.params['name'] ?? t('somebody'),
    system: SYSTEMS[shell.platform] ?? t('theSystem'),
  };
}

/** A sentence of an issue: its cause, or the next step. */
export function IssueText({ issue, part }: { issue: Issue; part: 'cause' | 'next' }) {
  const values = useIssueValues(issue);
  const { t } = useTranslation('issues');
  const context = part === 'next' ? issue.params['cause'] : undefined;
  // Some sentences exist once for each sub-cause (`next_no_host`); an unknown one falls back to the plain sentence.
  const text = t(`codes.${issue.code}.${part}`, { ...values, ...(context === undefined ? {} : { context }) } as never) as unknown as string;
  return text.split(/<b>(.*?)<\/b>/).map((piece, at) => (at % 2 === 1 ? <b key={at}>{piece}</b> : piece));
}
