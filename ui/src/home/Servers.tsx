import { Lock, Server, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SignInKey, SignInState } from '../account/SignInKey';
import { useMeeting, useSend } from '../engine/context';
import type { ServerView } from '../engine/contract';
import { Button } from '../parts/Button';
import { classes } from '../parts/classes';
import parts from '../parts/parts.module.css';
import { LockNote } from '../policy/LockNote';
import { useIsOff, useRule } from '../policy/rules';
import { Ask } from './Ask';
import style from './home.module.css';
import { useNextFocus } from './useNextFocus';

/** Servers that may be contacted, because somebody said so, each with who is signed in there. `headed`: nothing else says what they are. */
export function Servers({ headed = true }: { headed?: boolean }) {
  const { t } = useTranslation(['home', 'policy']);
  const locked = useIsOff('LockServer');
  const listed = useRule('AllowedServers') !== undefined;
  const closed = locked || listed;
  const servers = useMeeting((state) => state.home.servers);
  const list = useRef<HTMLUListElement>(null);
  const leaves = useNextFocus(list, servers.length);
  if (servers.length === 0 && !closed) return null;
  return (
    <section className={style.known} aria-labelledby="home-servers">
      <h2 id="home-servers" className={headed ? style.heading : 'unseen'}>
        {t('servers')}
      </h2>
      <ul role="list" ref={list} className={servers.length === 0 ? '' : classes(parts.card, style.list)}>
        {servers.map((server, index) => (
          <Row key={server.host} server={server} onRemove={() => leaves(index)} />
        ))}
      </ul>
      {closed && <LockNote what={t(locked ? 'key.LockServer' : 'key.AllowedServers', { ns: 'policy' })} />}
    </section>
  );
}

function Row({ server, onRemove }: { server: ServerView; onRemove: () => void }) {
  const { t } = useTranslation('home');
  const send = useSend();
  const [asked, setAsked] = useState(false);
  const { host, managed } = server;
  const remove = () => {
    onRemove();
    send({ kind: 'remove_server', host });
  };
  return (
    <li className={style.serverRow} data-testid="server" data-sign-in={server.sign_in}>
      <span className={style.glyph}>
        <Server aria-hidden="true" />
      </span>
      <div className={style.knownText}>
        <div className={style.deviceName}>{host}</div>
        <div className={style.deviceKind} role="status">
          <SignInState server={server} />
        </div>
        {managed && (
          <div className={style.managed}>
            <Lock aria-hidden="true" />
            {t('managed')}
          </div>
        )}
      </div>
      <div className={style.serverKeys} data-row="">
        <SignInKey server={server} />
        {!managed && (
          <Button icon size="small" aria-label={t('removeServer', { host })} onPress={() => setAsked(true)} data-testid="remove-server">
            <Trash2 aria-hidden="true" />
          </Button>
        )}
      </div>
      {asked && <Ask question={t('removeAsk')} yes={t('remove')} onYes={remove} onNo={() => setAsked(false)} />}
    </li>
  );
}
