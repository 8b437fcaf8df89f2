import { ArrowRight, Lock, Server, Trash2 } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import type { ServerView } from '../engine/contract';
import { Button } from '../parts/Button';
import { classes } from '../parts/classes';
import parts from '../parts/parts.module.css';
import style from './home.module.css';
import { whenOf } from './when';

/** Meetings of late, each with one named key: nobody joins by touching a line. */
export function Recent() {
  const { t, i18n } = useTranslation('home');
  const send = useSend();
  const recent = useMeeting((state) => state.home.recent);
  const [asked, setAsked] = useState(false);
  if (recent.length === 0) return null;
  const clear = () => {
    setAsked(false);
    send({ kind: 'forget_recent' });
  };
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
      <ul className={classes(parts.card, style.list)}>
        {recent.map(({ text, host, room, at }) => {
          const when = whenOf(at, Date.now(), i18n.language);
          const name = room || host;
          return (
            <li key={text} className={style.knownRow} data-testid="recent">
              <div className={style.knownText}>
                <div className={style.deviceName}>{name}</div>
                <div className={style.deviceKind}>{t('whenOn', { when, host })}</div>
              </div>
              <Button icon size="small" aria-label={t('joinRoom', { room: name, when })} onPress={() => send({ kind: 'open_link', text })}>
                <ArrowRight aria-hidden="true" />
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Servers that may be contacted, because somebody said so. */
export function Servers() {
  const { t } = useTranslation('home');
  const servers = useMeeting((state) => state.home.servers);
  if (servers.length === 0) return null;
  return (
    <section className={style.known} aria-labelledby="home-servers">
      <h2 id="home-servers" className={style.heading}>
        {t('servers')}
      </h2>
      <ul className={classes(parts.card, style.list)}>
        {servers.map((server) => (
          <ServerRow key={server.host} server={server} />
        ))}
      </ul>
    </section>
  );
}

function ServerRow({ server }: { server: ServerView }) {
  const { t } = useTranslation('home');
  const send = useSend();
  const [asked, setAsked] = useState(false);
  const { host, managed, account } = server;
  return (
    <li className={style.knownRow} data-testid="server">
      <span className={style.glyph}>
        <Server aria-hidden="true" />
      </span>
      <div className={style.knownText}>
        <div className={style.deviceName}>{host}</div>
        <div className={style.deviceKind}>{account === null ? t('noAccount') : t('account', { name: account })}</div>
        {managed && (
          <div className={style.managed}>
            <Lock aria-hidden="true" />
            {t('managed')}
          </div>
        )}
      </div>
      {!managed && (
        <Button icon size="small" aria-label={t('removeServer', { host })} onPress={() => setAsked(true)} data-testid="remove-server">
          <Trash2 aria-hidden="true" />
        </Button>
      )}
      {asked && <Ask question={t('removeAsk')} yes={t('remove')} onYes={() => send({ kind: 'remove_server', host })} onNo={() => setAsked(false)} />}
    </li>
  );
}

interface AskProps {
  question: string;
  yes: string;
  onYes: () => void;
  onNo: () => void;
}

/** Asks once, in place; keeping is at hand. */
function Ask({ question, yes, onYes, onNo }: AskProps): ReactNode {
  const { t } = useTranslation('home');
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  return (
    <div className={style.ask} role="group" aria-label={question}>
      <p>{question}</p>
      <Button look="danger" size="small" onPress={onYes} data-testid="ask-yes">
        {yes}
      </Button>
      <Button ref={keep} look="secondary" size="small" onPress={onNo}>
        {t('keep')}
      </Button>
    </div>
  );
}
