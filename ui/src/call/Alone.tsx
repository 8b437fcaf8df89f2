import { UserRound } from 'lucide-react';
import { useEffect, useReducer, useRef } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useSend } from '../engine/context';
import type { Issue } from '../engine/contract';
import { useActionText } from '../error/IssueText';
import { type Entry, Frame, Others } from './banner-parts';
import style from './call.module.css';

/** Nobody else is there, and the meeting is left soon. The count runs for the eye only; it is said once. */
export function Alone({ issue, until, others }: { issue: Issue; until: number; others: Entry[] }) {
  const { t } = useTranslation(['issues', 'call']);
  const send = useSend();
  const actionText = useActionText(issue);
  const left = useSecondsLeft(until);
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

/**
 * When the meeting is left, in milliseconds of `Date.now`: counted from the moment that was told, whichever banner is on screen then.
 * What is told anew holds.
 */
export function useLeftAt(issue: Issue | undefined): number {
  const seconds = issue === undefined ? null : Number.parseInt(issue.params['seconds'] ?? '', 10) || 0;
  const told = useRef<{ seconds: number | null; until: number }>({ seconds: null, until: 0 });
  if (told.current.seconds !== seconds) told.current = { seconds, until: Date.now() + (seconds ?? 0) * 1000 };
  return told.current.until;
}

/** Counts down, a second at a time. */
function useSecondsLeft(until: number): number {
  const [, look] = useReducer((looks: number) => looks + 1, 0);
  useEffect(() => {
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((until - Date.now()) / 1000));
}
