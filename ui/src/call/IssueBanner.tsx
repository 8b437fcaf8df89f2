import { Info, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSend } from '../engine/context';
import type { Issue } from '../engine/contract';
import { useIssueActions } from '../error/actions';
import { IssueText, useActionText } from '../error/IssueText';
import { useRecordingRight } from '../together/recording';
import { useUiStore } from '../ui-state';
import { type Entry, Frame, Key, Others } from './banner-parts';
import style from './call.module.css';
import { useLinger } from './useLinger';

const ASKED = 'VIS-REC-ASK-65';
/** Somebody else turned the microphone off. */
export const MUTED = 'VIS-CALL-MUTED-45';

/** Whether an issue only informs: nothing is to be done, so it leaves by itself. A request to record is answered by those who can. */
export function useInforms(): (issue: Issue) => boolean {
  const right = useRecordingRight();
  return (issue) => issue.action === 'none' && !(right === 'start' && issue.code === ASKED);
}

/** An issue of the meeting, with what can be done about it. It is said once when it comes (`issuesToSay`), whatever banner is there then. */
export function IssueBanner({ issue, others }: { issue: Issue; others: Entry[] }) {
  const { t } = useTranslation(['issues', 'together']);
  const ui = useUiStore();
  const send = useSend();
  const action = useIssueActions()(issue);
  const actionText = useActionText(issue);
  const informs = useInforms()(issue);
  const answers = issue.action === 'none' && !informs;
  const dismiss = () => send({ kind: 'dismiss', code: issue.code });
  const held = useLinger(informs, JSON.stringify(issue.params), dismiss);
  const Icon = informs ? Info : TriangleAlert;
  return (
    <Frame tone={informs ? 'info' : 'warn'} code={issue.code} held={held}>
      <Icon aria-hidden="true" />
      <p className={style.bannerText}>
        <b>
          <IssueText issue={issue} part="cause" />
        </b>{' '}
        <IssueText issue={issue} part="next" />
      </p>
      {action !== null && <Key onPress={action}>{actionText}</Key>}
      {answers && (
        <Key onPress={() => ui.setState({ dialog: { kind: 'recording' } })} testid="answer-recording">
          {t('together:recording.startRequested')}
        </Key>
      )}
      <Key onPress={dismiss}>{t('issues:dismiss')}</Key>
      <Others entries={others} />
    </Frame>
  );
}
