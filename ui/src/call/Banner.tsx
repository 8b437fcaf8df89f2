import { Info, RefreshCw, TriangleAlert } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { Button, Dialog, DialogTrigger, Heading } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting, useSend } from '../engine/context';
import type { Issue } from '../engine/contract';
import { useIssueActions } from '../error/actions';
import { IssueText, useActionText } from '../error/IssueText';
import { Popover } from '../parts/overlays';
import { useUi } from '../ui-state';
import style from './call.module.css';

/** A banner that only informs stays this long, in milliseconds. */
const INFORM_MS = 8000;

const RECONNECTING = 'VIS-CALL-RESUME-43';

/** One banner or none, in its own space over the stage: the most urgent one, and how many more there are. */
export function Banner() {
  const { t } = useTranslation('call');
  const issues = useMeeting((state) => state.issues);
  const lostFor = useMeeting((state) => (state.phase.kind === 'in_meeting' ? state.phase.reconnecting_for : null));
  const rest = issues.filter((issue) => issue.code !== RECONNECTING);
  const [first, ...others] = rest;
  const leaveAsked = useUi((state) => state.leaveAsked);
  if (leaveAsked) return <LeaveAsked />;
  // The row of the window stays where it is without a banner.
  if (lostFor === null && first === undefined) return <div />;
  return (
    <section aria-label={t('messages')} data-region="banner">
      {lostFor !== null ? (
        <Reconnecting seconds={lostFor} others={rest} />
      ) : (
        first !== undefined && <IssueBanner key={first.code} issue={first} others={others} />
      )}
    </section>
  );
}

/** The first press of the leave keys; it goes away by itself. */
function LeaveAsked() {
  const { t } = useTranslation('call');
  const send = useSend();
  return (
    <section aria-label={t('messages')} data-region="banner">
      <div className={style.banner} data-tone="info" data-testid="leave-asked">
        <Info aria-hidden="true" />
        <p className={style.bannerText}>
          <b>{t('leaveAsked')}</b>
        </p>
        <Button className={style.stageKey ?? ''} onPress={() => send({ kind: 'leave' })}>
          {t('leave')}
        </Button>
      </div>
    </section>
  );
}

function Reconnecting({ seconds, others }: { seconds: number; others: Issue[] }) {
  const { t } = useTranslation('call');
  return (
    <Frame tone="warn" code={RECONNECTING}>
      <RefreshCw aria-hidden="true" />
      {/* The seconds run for the eye; the loss itself is announced once. */}
      <p className={style.bannerText}>
        <b>{t('reconnecting', { count: seconds })}</b> {t('reconnectingNext')}
      </p>
      <Others issues={others} />
    </Frame>
  );
}

function IssueBanner({ issue, others }: { issue: Issue; others: Issue[] }) {
  const { t } = useTranslation('issues');
  const { shell } = useEngine();
  const send = useSend();
  const actions = useIssueActions();
  const action = actions(issue);
  const actionText = useActionText(issue);
  const informs = issue.action === 'none';
  useEffect(() => {
    if (!informs || shell.automation) return;
    const timer = setTimeout(() => send({ kind: 'dismiss', code: issue.code }), INFORM_MS);
    return () => clearTimeout(timer);
    // The banner is mounted anew for each code.
  }, [informs, issue.code, shell.automation]);
  const Icon = informs ? Info : TriangleAlert;
  return (
    <Frame tone={informs ? 'info' : 'warn'} code={issue.code} alert>
      <Icon aria-hidden="true" />
      <p className={style.bannerText}>
        <b>
          <IssueText issue={issue} part="cause" />
        </b>{' '}
        <IssueText issue={issue} part="next" />
      </p>
      {action !== null && (
        <Button className={style.stageKey ?? ''} onPress={action}>
          {actionText}
        </Button>
      )}
      <Button className={style.stageKey ?? ''} onPress={() => send({ kind: 'dismiss', code: issue.code })}>
        {t('dismiss')}
      </Button>
      <Others issues={others} />
    </Frame>
  );
}

function Frame({ tone, code, alert = false, children }: { tone: 'warn' | 'info'; code: string; alert?: boolean; children: ReactNode }) {
  return (
    <div className={style.banner} data-tone={tone} data-testid="banner" data-code={code} role={alert ? 'alert' : undefined}>
      {children}
    </div>
  );
}

/** What else there is to say, behind a key: banners never stack. */
function Others({ issues }: { issues: Issue[] }) {
  const { t } = useTranslation(['issues', 'call']);
  if (issues.length === 0) return null;
  return (
    <DialogTrigger>
      <Button className={style.stageKey ?? ''} aria-label={t('issues:more', { count: issues.length })}>
        +{issues.length}
      </Button>
      <Popover placement="bottom end">
        <Dialog className={style.evidence ?? ''}>
          <Heading slot="title" level={2}>
            {t('call:messages')}
          </Heading>
          <dl>
            {issues.map((issue) => (
              <div key={issue.code}>
                <dt>
                  <IssueText issue={issue} part="cause" />
                </dt>
                <dd>
                  <IssueText issue={issue} part="next" />
                </dd>
              </div>
            ))}
          </dl>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
