import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting, useSend } from '../engine/context';
import { Button } from '../parts/Button';
import { Field } from '../parts/Field';
import { Dialog } from '../parts/overlays';
import style from './calendar.module.css';
import { asksPassword, useFault, useNotKept } from './fault';
import { awaitKept, forgetKept } from './not-kept';
import { useTimes } from './times';

interface Props {
  isOpen: boolean;
  /** Opened to give the password of the calendar that is connected. */
  forPassword?: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Connects a calendar, or shows the one that is connected and takes it away. */
export function CalendarDialog({ isOpen, forPassword = false, onOpenChange }: Props) {
  const { t } = useTranslation('calendar');
  const engine = useEngine();
  const send = useSend();
  const attempt = useMeeting((state) => state.home.calendar.attempt.kind);
  const read_at = useMeeting((state) => state.home.calendar.read_at);
  // What is being tried may be another window's.
  const ours = useRef(false);
  useEffect(() => {
    if (attempt !== 'trying') ours.current = false;
  }, [attempt]);
  const begin = () => {
    ours.current = true;
    awaitKept(engine, read_at);
  };
  const change = (open: boolean) => {
    // Whoever closes it, by whatever key, does not want what is still being tried.
    if (!open && attempt === 'trying' && ours.current) send({ kind: 'cancel_calendar' });
    if (!open && attempt !== 'none') forgetKept(engine);
    if (!open) ours.current = false;
    onOpenChange(open);
  };
  return (
    <Dialog title={t('dialogTitle')} isOpen={isOpen} onOpenChange={change}>
      <Inside forPassword={forPassword} begin={begin} close={() => change(false)} />
    </Dialog>
  );
}

/** What the form is there for. */
type Asked = 'place' | 'password';

function Inside({ forPassword, begin, close }: { forPassword: boolean; begin: () => void; close: () => void }) {
  const place = useMeeting((state) => state.home.calendar.place);
  // Decided when it opens: what is connected meanwhile does not take the form away before it has closed.
  const [asked, setAsked] = useState<Asked | null>(place === null ? 'place' : forPassword ? 'password' : null);
  return asked !== null ? <Form asked={asked} begin={begin} close={close} /> : <Connected ask={setAsked} close={close} />;
}

function Connected({ ask, close }: { ask: (what: Asked) => void; close: () => void }) {
  const { t } = useTranslation('calendar');
  const send = useSend();
  const words = useFault();
  const { time } = useTimes();
  const notKept = useNotKept();
  const { place, reading, read_at, unread } = useMeeting((state) => state.home.calendar);
  if (place === null) return null;
  const asks = asksPassword(reading);
  const forget = () => {
    send({ kind: 'forget_calendar' });
    close();
  };
  return (
    <div className={style.form}>
      <p>
        <strong>{place.name}</strong>
        {place.user !== '' && ` · ${place.user}`}
      </p>
      <p role="status" className={style.outcome} data-bad={reading.kind === 'failed' || undefined}>
        {reading.kind === 'reading' ? t('reading') : reading.kind === 'failed' ? words(reading.fault) : read_at !== null && t('lastRead', { time: time(read_at) })}
      </p>
      {unread > 0 && <p className={style.outcome}>{t('unread', { count: unread })}</p>}
      {notKept !== null && <p className={style.outcome}>{notKept}</p>}
      <div className={style.formKeys}>
        <Button look="danger" onPress={forget} data-testid="calendar-forget">
          {t('forget')}
        </Button>
        <Button look="secondary" onPress={() => ask('place')} data-testid="calendar-other">
          {t('other')}
        </Button>
        <Button look={asks ? 'secondary' : 'primary'} busy={reading.kind === 'reading'} onPress={() => send({ kind: 'read_calendar' })} data-testid="calendar-read">
          {t('readAgain')}
        </Button>
        {asks && (
          <Button look="primary" onPress={() => ask('password')} data-testid="calendar-password-key">
            {t('signIn')}
          </Button>
        )}
      </div>
    </div>
  );
}

function Form({ asked, begin, close }: { asked: Asked; begin: () => void; close: () => void }) {
  const { t } = useTranslation('calendar');
  const send = useSend();
  const words = useFault();
  const { place, attempt, read_at } = useMeeting((state) => state.home.calendar);
  const [address, setAddress] = useState(place?.address ?? '');
  const [user, setUser] = useState(place?.user ?? '');
  const [password, setPassword] = useState('');
  // What was read when it was sent; the engine's word comes later.
  const [sent, setSent] = useState<{ read_at: number | null } | null>(null);
  // Where what is wanted is to be written.
  const first = useRef(asked === 'place' ? 'address' : user === '' ? 'user' : 'password').current;
  const trying = attempt.kind === 'trying';
  const refused = sent !== null && attempt.kind === 'refused' ? attempt.fault : null;
  const connected = sent !== null && attempt.kind === 'none' && read_at !== sent.read_at;
  useEffect(() => {
    if (connected) close();
  }, [connected, close]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (trying || address.trim() === '') return;
    begin();
    send({ kind: 'connect_calendar', address: address.trim(), user: user.trim(), password });
    setSent({ read_at });
  };
  return (
    <form className={style.form} onSubmit={submit}>
      <p>{t('dialogText')}</p>
      <Field label={t('address')} hint={t('addressHint')} value={address} onChange={setAddress} focus={first === 'address'} invalid={refused === 'address' || refused === 'no_calendar'} testId="calendar-address" />
      <Field label={t('user')} hint={t('userHint')} value={user} onChange={setUser} focus={first === 'user'} autoComplete="username" testId="calendar-user" />
      <Field label={t('password')} hint={t('passwordHint')} value={password} onChange={setPassword} focus={first === 'password'} autoComplete="current-password" secret invalid={refused === 'password'} testId="calendar-password" />
      <p role="status" className={style.outcome} data-bad={refused !== null || undefined} data-testid="calendar-outcome">
        {refused !== null ? words(refused) : sent !== null && trying && t('trying')}
      </p>
      <div className={style.formKeys}>
        <Button look="secondary" onPress={close}>
          {t('cancel')}
        </Button>
        <Button look="primary" type="submit" busy={trying} data-testid="calendar-connect">
          {t('connectIt')}
        </Button>
      </div>
    </form>
  );
}
