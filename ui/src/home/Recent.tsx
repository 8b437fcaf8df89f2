import { ArrowRight, MonitorUp, X } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useMeeting, useSend } from '../engine/context';
import type { RecentView } from '../engine/contract';
import { Button } from '../parts/Button';
import { classes } from '../parts/classes';
import parts from '../parts/parts.module.css';
import { useUiStore } from '../ui-state';
import { Ask } from './Ask';
import style from './home.module.css';
import { useNextFocus } from './useNextFocus';
import { whenOf } from './when';

/** Meetings of late, each with one named key: nobody joins by touching a line. Arrows move, Delete forgets. */
export function Recent() {
  const { t } = useTranslation('home');
  const send = useSend();
  const announce = useAnnounce();
  const recent = useMeeting((state) => state.home.recent);
  const [asked, setAsked] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const leaves = useNextFocus(list, recent.length);
  if (recent.length === 0) return null;
  const clear = () => {
    setAsked(false);
    send({ kind: 'forget_recent' });
  };
  const forget = ({ host, room }: RecentView, index: number) => {
    leaves(index);
    send({ kind: 'forget_meeting', host, room });
    announce({ kind: 'forgotten', text: t('forgotten', { room: room || host }), politeness: 'polite' });
  };
  const move = (index: number) => list.current?.querySelectorAll<HTMLElement>('[data-row]')[index]?.focus();
  return (
    <section className={style.known} aria-labelledby="home-recent">
      <div className={style.knownHead}>
        <h2 id="home-recent" className={style.heading}>
          {t('recent')}
        </h2>
        <Button size="small" onPress={() => setAsked(true)} data-testid="clear-recent">
          {t('clear')}
        </Button>
      </div>
      {asked && <Ask question={t('clearAsk')} yes={t('clear')} onYes={clear} onNo={() => setAsked(false)} />}
      <ul role="list" ref={list} className={classes(parts.card, style.list)}>
        {recent.map((meeting, index) => (
          <Row key={meeting.text} meeting={meeting} onForget={() => forget(meeting, index)} onMove={(step) => move(index + step)} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  meeting: RecentView;
  onForget: () => void;
  onMove: (step: 1 | -1) => void;
}

function Row({ meeting: { text, host, room, at }, onForget, onMove }: RowProps) {
  const { t, i18n } = useTranslation(['home', 'shortcut']);
  const send = useSend();
  const ui = useUiStore();
  const when = whenOf(at, Date.now(), i18n.language);
  const name = room || host;
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === 'Delete') onForget();
    else if (event.key === 'ArrowDown') onMove(1);
    else if (event.key === 'ArrowUp') onMove(-1);
    else return;
    event.preventDefault();
  };
  return (
    <li className={style.knownRow} data-testid="recent" onKeyDown={keyDown}>
      <div className={style.knownText}>
        <div className={style.deviceName}>{name}</div>
        <div className={style.deviceKind}>{t('whenOn', { when, host })}</div>
      </div>
      <Button
        icon
        size="small"
        aria-label={t('joinRoom', { room: name, when })}
        aria-keyshortcuts="Delete"
        onPress={() => send({ kind: 'open_link', text })}
        data-row=""
      >
        <ArrowRight aria-hidden="true" />
      </Button>
      <Button
        icon
        size="small"
        aria-label={t('shortcut:forMeeting', { room: name })}
        onPress={() => ui.setState({ dialog: { kind: 'shortcut', link: text, name } })}
        data-testid="put-on-desktop"
      >
        <MonitorUp aria-hidden="true" />
      </Button>
      <Button icon size="small" aria-label={t('forget', { room: name, when })} onPress={onForget} data-testid="forget-meeting">
        <X aria-hidden="true" />
      </Button>
    </li>
  );
}
