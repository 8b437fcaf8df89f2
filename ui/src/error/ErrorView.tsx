import { Copy, DoorClosed, House, RefreshCw, Unplug } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUnderWay } from '../account/account';
import { useEngine, useSend } from '../engine/context';
import { DoctorKey } from '../doctor/DoctorKey';
import { Unsent } from '../end/Unsent';
import type { Issue, IssueCode } from '../engine/contract';
import { Button } from '../parts/Button';
import { Check } from '../parts/Check';
import { Logo } from '../parts/Mark';
import parts from '../parts/parts.module.css';
import { useOutcome } from '../parts/useOutcome';
import { copyText, reportText, useIssueActions } from './actions';
import { FACTS } from './facts';
import { IssueText, useActionText, useIssueValues } from './IssueText';
import style from './view.module.css';

/** Seconds until the first, second and all later automatic retries. */
const WAITS = [15, 30, 60];

/** Somebody decided so; nothing is broken. */
const NO_FAILURE: ReadonlySet<string> = new Set(['VIS-JOIN-DENIED-31', 'VIS-JOIN-EXPIRED-32', 'VIS-JOIN-LOGIN-34', 'VIS-JOIN-SERVER-19']);

/** The way to the server may be the cause. */
const isOfTheNetwork = (code: IssueCode) => /^VIS-(NET|SRV)-/.test(code) || code === 'VIS-CALL-LOST-42';

/** How often each code was retried by itself since somebody last pressed a key. */
const tried = new Map<string, number>();

/** It went wrong: the cause, how far we came, and the step that most likely works. */
export function ErrorView({ issue }: { issue: Issue }) {
  const { t } = useTranslation('issues');
  const { shell } = useEngine();
  const send = useSend();
  const { host } = useIssueValues(issue);
  const primary = useRef<HTMLButtonElement>(null);
  const { outcome: copied, turn, tell } = useOutcome<boolean>();
  const action = useIssueActions()(issue);
  const underWay = useUnderWay(issue);
  const actionText = useActionText(issue);
  const facts = FACTS[issue.code] ?? [];
  useEffect(() => primary.current?.focus(), []);

  const copy = () => {
    tell(null);
    void copyText(reportText(issue, shell)).then(tell);
  };
  const home = () => send({ kind: 'leave' });
  const press = () => {
    tried.delete(issue.code);
    if (issue.action === 'copy_report') copy();
    else action?.();
  };
  const refused = NO_FAILURE.has(issue.code);
  const triesAgain = issue.action === 'retry' && !refused && !shell.automation;
  const goesHome = issue.action === 'go_home' || issue.action === 'check_link';

  return (
    <div className={style.page}>
      <header className={parts.appbar} data-region="top">
        <Logo />
      </header>
      <main className={style.main} data-region="main">
        <section className={style.section} data-testid="issue" data-code={issue.code}>
          {/* The alert is what went wrong and how far we came, and no more: what comes of the keys, and what counts, would have all of it said again. */}
          <div className={style.told} role="alert">
            <div className={style.head}>
              <span className={style.glyph} data-tone={refused ? undefined : 'danger'}>
                {refused ? <DoorClosed aria-hidden="true" /> : <Unplug aria-hidden="true" />}
              </span>
              <div>
                <h1 tabIndex={-1}>
                  <IssueText issue={issue} part="cause" />
                </h1>
                <p className={style.text}>
                  <IssueText issue={issue} part="next" />
                </p>
              </div>
            </div>
            {facts.length > 0 && (
              <ul role="list" className={`${parts.card} ${style.facts}`}>
                {facts.map(([tone, key]) => (
                  <li key={key}>
                    <Check tone={tone} />
                    <span data-bad={tone === 'danger' || undefined}>{t(`facts.${key}`)}</span>
                    {tone === 'danger' && <small>{host}</small>}
                  </li>
                ))}
              </ul>
            )}
            {/* Else whoever listens is taken away from here without a word; the seconds are for the eye. */}
            {triesAgain && <p className="unseen">{t('retriesAlone')}</p>}
          </div>
          <Unsent />
          <div>
            <div className={style.keys}>
              {action !== null && issue.action !== 'none' && (
                <Button ref={primary} look="primary" size="big" busy={underWay !== null} onPress={press} data-testid="issue-action" data-action={issue.action}>
                  {issue.action === 'retry' && <RefreshCw aria-hidden="true" />}
                  {actionText}
                </Button>
              )}
              {!goesHome && (
                <Button
                  look={action === null ? 'primary' : 'secondary'}
                  size="big"
                  onPress={home}
                  data-testid="home"
                  {...(action === null ? { ref: primary } : {})}
                >
                  <House aria-hidden="true" />
                  {t('action.go_home')}
                </Button>
              )}
            </div>
            <p role="status" className={style.underWay} data-testid="under-way">
              {underWay}
            </p>
          </div>
          {triesAgain && <AutomaticRetry code={issue.code} least={Number.parseInt(issue.params['seconds'] ?? '', 10) || 0} />}
          <hr className={parts.separator} />
          <div className={style.foot}>
            {isOfTheNetwork(issue.code) && <DoctorKey />}
            {issue.action !== 'copy_report' && (
              <Button onPress={copy}>
                <Copy aria-hidden="true" />
                {t('action.copy_report')}
              </Button>
            )}
            <span role="status">{copied !== null && <span key={turn}>{t(copied ? 'copied' : 'copyFailed')}</span>}</span>
            <span className={style.code}>
              {t('code')} <span>{issue.code}</span>
            </span>
          </div>
          {copied === false && (
            <pre className={style.report} tabIndex={0} aria-label={t('showReport')}>
              {reportText(issue, shell)}
            </pre>
          )}
        </section>
      </main>
    </div>
  );
}

/** Tries again by itself, later each time and never before the server wants it; the count runs for the eye only. */
function AutomaticRetry({ code, least }: { code: string; least: number }) {
  const { t } = useTranslation('issues');
  const send = useSend();
  const [left, setLeft] = useState(() => Math.max(least, WAITS[Math.min(tried.get(code) ?? 0, WAITS.length - 1)] ?? 60));
  useEffect(() => {
    if (left <= 0) {
      tried.set(code, (tried.get(code) ?? 0) + 1);
      send({ kind: 'retry' });
      return;
    }
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left, code]);
  return (
    <p className={style.timer} role="timer" aria-live="off">
      {t('retryIn', { count: Math.max(left, 1) })}
    </p>
  );
}
