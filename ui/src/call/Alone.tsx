import { UserRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useSend } from '../engine/context';
import type { Issue } from '../engine/contract';
import { useActionText } from '../error/IssueText';
import { type Entry, Frame, Others } from './banner-parts';
import style from './call.module.css';

/** Nobody else is there, and the meeting is left soon. The count runs for the eye only; it is said once. */
export function Alone({ issue, others }: { issue: Issue; others: Entry[] }) {
  const { t } = useTranslation(['issues', 'call']);
  const send = useSend();
  const actionText = useActionText(issue);
  const left = useSecondsLeft(Number.parseInt(issue.params['seconds'] ?? '', 10) || 0);
  return (
    <Frame tone="warn" code={issue.code}>
      <UserRound aria-hidden="true" />
      <p className={style.bannerText}>
        <b>{t('issues:codes.VIS-CALL-ALONE-69.cause')}</b>{' '}
        <span role="timer" aria-live="off">
          {/* Whole minutes, and seconds in the last one. */}
          {left > 60 ? t('call:aloneMinutes', { count: Math.ceil(left / 60) }) : t('call:aloneSeconds', { count: left })}
        </span>
      </p>
      <Button className={style.stageKey ?? ''} onPress={() => send({ kind: 'stay' })} data-testid="stay">
        {actionText}
      </Button>
      <Others entries={others} />
    </Frame>
  );
}

/** Counts down from what was told; what is told anew holds. */
function useSecondsLeft(told: number): number {
  const [left, setLeft] = useState(told);
  useEffect(() => {
    const begun = Date.now();
    setLeft(told);
    const timer = setInterval(() => setLeft(Math.max(0, told - Math.floor((Date.now() - begun) / 1000))), 1000);
    return () => clearInterval(timer);
  }, [told]);
  return left;
}
