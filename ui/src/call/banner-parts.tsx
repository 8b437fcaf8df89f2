import { Children, type ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Heading } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Issue } from '../engine/contract';
import { IssueText } from '../error/IssueText';
import { Popover } from '../parts/overlays';
import style from './call.module.css';
import type { useLinger } from './useLinger';

/** Something to say over the stage: as the banner, or as a line of the list behind it. */
export interface Entry {
  key: string;
  title: ReactNode;
  text: ReactNode;
  /** The banner itself, with the key to all others. */
  show: (others: Entry[]) => ReactNode;
}

export function issueEntry(issue: Issue, show: Entry['show']): Entry {
  // The same code about something else is another banner.
  return { key: `${issue.code} ${issue.params['action'] ?? ''}`, title: <IssueText issue={issue} part="cause" />, text: <IssueText issue={issue} part="next" />, show };
}

interface FrameProps {
  tone: 'warn' | 'info' | 'rec';
  code: string;
  /** Handlers that keep it on screen. */
  held?: ReturnType<typeof useLinger>;
  children: ReactNode;
}

/** A sign, what is said, and keys: in this order. It is no live region: the window's own voice says what comes. */
export function Frame({ tone, code, held, children }: FrameProps) {
  const [sign, text, ...keys] = Children.toArray(children);
  return (
    <div className={style.banner} data-tone={tone} data-testid="banner" data-code={code} {...held}>
      {sign}
      {text}
      <span className={style.bannerKeys}>{keys}</span>
    </div>
  );
}

/** What else there is to say, behind a key: banners never stack. */
export function Others({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation(['issues', 'call']);
  if (entries.length === 0) return null;
  return (
    <DialogTrigger>
      <Button className={style.stageKey ?? ''} aria-label={t('issues:more', { count: entries.length })}>
        +{entries.length}
      </Button>
      <Popover placement="bottom end">
        <Dialog className={style.evidence ?? ''}>
          <Heading slot="title" level={2}>
            {t('call:messages')}
          </Heading>
          <dl>
            {entries.map(({ key, title, text }) => (
              <div key={key}>
                <dt>{title}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

interface KeyProps {
  onPress: () => void;
  testid?: string;
  'data-kin'?: string;
  'data-no-heir'?: string;
  children: ReactNode;
}

export function Key({ testid, children, ...rest }: KeyProps) {
  return (
    <Button {...rest} className={style.stageKey ?? ''} {...(testid === undefined ? {} : { 'data-testid': testid })}>
      {children}
    </Button>
  );
}
