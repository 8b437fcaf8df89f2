import { Plus } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { accountName, isUnderWay, signedIn } from '../account/account';
import { SignInKey, SignInState } from '../account/SignInKey';
import { useEngine, useMeeting } from '../engine/context';
import type { AccountView, Issue, ServerView } from '../engine/contract';
import { IssueText } from '../error/IssueText';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/overlays';
import parts from '../parts/parts.module.css';
import style from './home.module.css';

/** Longest name of a room that is asked for. */
const LONGEST = 100;

/** Makes a room on a server where somebody is signed in, and goes on to it. */
export function NewMeeting() {
  const { t } = useTranslation('home');
  const servers = useMeeting((state) => state.home.servers);
  const [open, setOpen] = useState(false);
  const able = signedIn(servers);
  return (
    <>
      <Button look="secondary" onPress={() => setOpen(true)} data-testid="new-meeting">
        <Plus aria-hidden="true" />
        {t('newMeeting')}
      </Button>
      <Dialog title={t('newMeeting')} isOpen={open} onOpenChange={setOpen}>
        {able.length > 0 ? <Form servers={able} close={() => setOpen(false)} /> : <NeedsAccount servers={servers} />}
      </Dialog>
    </>
  );
}

/** Nobody is signed in anywhere: says why that is needed, and offers it. The dialog goes on by itself after. */
function NeedsAccount({ servers }: { servers: ServerView[] }) {
  const { t } = useTranslation('home');
  return (
    <>
      <p>{t(servers.length === 0 ? 'newNoServer' : 'newNeedsAccount')}</p>
      <ul role="list" className={style.choices}>
        {servers.map((server) => (
          <li key={server.host} className={style.knownRow}>
            <div className={style.knownText}>
              <div className={style.deviceName}>{server.host}</div>
              <div className={style.deviceKind} role="status">
                {isUnderWay(server) && <SignInState server={server} />}
              </div>
            </div>
            <SignInKey server={server} look="primary" />
          </li>
        ))}
      </ul>
    </>
  );
}

interface FormProps {
  servers: (ServerView & { account: AccountView })[];
  close: () => void;
}

function Form({ servers, close }: FormProps) {
  const { t } = useTranslation('home');
  const engine = useEngine();
  const id = useId();
  const [chosen, setChosen] = useState(servers[0]?.host ?? '');
  const [name, setName] = useState('');
  const [refusal, setRefusal] = useState<Issue | null>(null);
  // Whoever is signed out of it meanwhile is left with the others.
  const server = servers.find(({ host }) => host === chosen) ?? servers[0];
  const told = useMeeting((state) => state.issues.find(({ code, params }) => code === 'VIS-CALL-ACTION-49' && params['action'] === 'new_room'));
  if (server === undefined) return null;
  const { host, account, making_room } = server;
  const problem = making_room ? undefined : (told ?? refusal ?? undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (making_room) return;
    setRefusal(null);
    if (told !== undefined) engine.command({ kind: 'dismiss', code: told.code }).catch(() => undefined);
    engine.command({ kind: 'new_room', host, name: name.trim() || null, access: null }).catch((reason: Issue) => setRefusal(reason));
  };
  return (
    <form className={style.newForm} onSubmit={submit} aria-busy={making_room}>
      {servers.length > 1 ? (
        <fieldset className={style.choices}>
          <legend>{t('newOn')}</legend>
          {servers.map((one) => (
            <label key={one.host} className={style.choice}>
              <input type="radio" name={id} value={one.host} checked={one.host === host} onChange={() => setChosen(one.host)} />
              <span>
                {one.host}
                <small>{accountName(one.account)}</small>
              </span>
            </label>
          ))}
        </fieldset>
      ) : (
        <p>{t('newOnOne', { host, name: accountName(account) })}</p>
      )}
      <div className={parts.field}>
        <label className={parts.label} htmlFor={id}>
          {t('newName')}
        </label>
        <input
          id={id}
          className={parts.input}
          value={name}
          maxLength={LONGEST}
          autoComplete="off"
          // The dialog was opened to type here.
          autoFocus
          aria-describedby={`${id}-help`}
          onChange={(event) => setName(event.target.value)}
          data-testid="new-name"
        />
        <p id={`${id}-help`} className={parts.hint}>
          {t('newNameHelp')}
        </p>
      </div>
      <div role="status" className={style.newOutcome} data-bad={problem !== undefined || undefined}>
        {making_room && t('newMaking')}
        {problem !== undefined && (
          <>
            <IssueText issue={problem} part="cause" /> <IssueText issue={problem} part="next" />
          </>
        )}
      </div>
      <div className={style.newKeys}>
        <Button look="secondary" onPress={close}>
          {t('cancel')}
        </Button>
        <Button look="primary" type="submit" busy={making_room} data-testid="make-room">
          {t('newMake')}
        </Button>
      </div>
    </form>
  );
}
