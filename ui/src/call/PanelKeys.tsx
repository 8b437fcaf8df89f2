import { Captions, MessageSquare, Type, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { messagesAfter, moreWritten } from '../panels/after';
import { usePanelDoors, usePanelShown } from '../panels/shown';
import { type PanelName, useUi } from '../ui-state';
import style from './call.module.css';

function PanelKey({ name, label, children }: { name: PanelName; label?: string; children: ReactNode }) {
  const doors = usePanelDoors();
  const open = usePanelShown(name);
  return (
    <ToggleButton
      className={style.key ?? ''}
      isSelected={open}
      onChange={() => doors.toggle(name)}
      data-testid={`toggle-${name}`}
      data-opener={name}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      {children}
    </ToggleButton>
  );
}

/** Messages that nobody has seen here. */
export function useUnread(): number {
  const messages = useMeeting((state) => state.messages);
  const read = useUi((state) => state.messageRead);
  const open = usePanelShown('chat');
  return open ? 0 : messagesAfter(messages, read).filter((message) => !message.own).length;
}

/** What others write or wrote in live text and nobody has seen here: how much it is, and in words; empty where it is nothing. */
export function useLiveNews(): { count: number; text: string } {
  const { t } = useTranslation(['call', 'announce']);
  const lines = useMeeting((state) => state.live_text.lines);
  const read = useUi((state) => state.liveRead);
  const open = usePanelShown('live');
  if (open) return { count: 0, text: '' };
  const unread = moreWritten(lines, read).filter((line) => line.text !== '');
  const writes = lines.find((line) => line.author !== null && !line.done);
  const whole = unread.filter((line) => line.done).length;
  const text = [
    ...(writes === undefined ? [] : [t('announce:liveBegins', { name: writes.author_name })]),
    ...(whole > 0 ? [t('call:liveUnread', { count: whole })] : []),
  ].join(', ');
  return { count: unread.length || (writes === undefined ? 0 : 1), text };
}

/** How many wait at the door, for those who can open it. */
export function useWaiting(): number {
  return useMeeting((state) => (state.room.capabilities.moderate ? state.together.waiting.length : 0));
}

export function ChatKey() {
  const { t } = useTranslation('call');
  const unread = useUnread();
  return (
    <PanelKey name="chat" {...(unread > 0 ? { label: `${t('chat')}, ${t('unread', { count: unread })}` } : {})}>
      <MessageSquare aria-hidden="true" />
      {t('chat')}
      {unread > 0 && <Badge count={unread} />}
    </PanelKey>
  );
}

/** Live text, once somebody uses it; it is in *Plus* before. */
export function LiveKey() {
  const { t } = useTranslation('panels');
  const used = useMeeting((state) => state.live_text.lines.length > 0);
  const open = usePanelShown('live');
  const { count, text } = useLiveNews();
  if (!used && !open) return null;
  return (
    <PanelKey name="live" {...(text === '' ? {} : { label: `${t('live')}, ${text}` })}>
      <Type aria-hidden="true" />
      {t('live')}
      {count > 0 && <Badge count={count} />}
    </PanelKey>
  );
}

export function Badge({ count }: { count: number }) {
  return (
    <span className={style.badge} aria-hidden="true">
      {count > 99 ? '99+' : count}
    </span>
  );
}

/** The number of people, or how many wait to become some. */
export function PeopleKey() {
  const { t } = useTranslation(['call', 'together']);
  const count = useMeeting((state) => state.room.count);
  const waiting = useWaiting();
  const label = [t('call:people'), t('call:present', { count }), ...(waiting > 0 ? [t('together:waiting', { count: waiting })] : [])].join(', ');
  return (
    <PanelKey name="people" label={label}>
      <span className={style.keyRow}>
        <Users aria-hidden="true" />
        {waiting === 0 && <span className={style.count}>{count}</span>}
      </span>
      {t('call:people')}
      {waiting > 0 && <Badge count={waiting} />}
    </PanelKey>
  );
}

/** Captions for this window. Once they are on their key stays, at every width that has keys of panels. */
export function CaptionsKey({ always }: { always: boolean }) {
  const { t } = useTranslation('together');
  const send = useSend();
  const state = useMeeting(({ together }) => together.captions);
  if (state === 'off' && !always) return null;
  return (
    <ToggleButton
      className={style.key ?? ''}
      isSelected={state !== 'off'}
      onChange={(on) => send({ kind: 'set_captions', on })}
      data-testid="toggle-captions"
      data-state={state}
    >
      <Captions aria-hidden="true" />
      {t('captions')}
    </ToggleButton>
  );
}
