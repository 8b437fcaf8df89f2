import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { Button } from '../parts/Button';
import { Field } from '../parts/Field';
import { Dialog } from '../parts/overlays';
import style from './calendar.module.css';
import { useFault } from './fault';
import { useTimes } from './times';

interface Props {
  isOpen: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Connects a calendar, or shows the one that is connected and takes it away. */
export function CalendarDialog({ isOpen, onOpenChange }: Props) {
  const { t } = useTranslation('calendar');
  return (
    <Dialog title={t('dialogTitle')} isOpen={isOpen} onOpenChange={onOpenChange}>
      <Inside close={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Inside({ close }: { close: () => void }) {
  const place = useMeeting((state) => state.home.calendar.place);
  // Decided when it opens: what is connected meanwhile does not take the form away before it has closed.
  const [asks, setAsks] = useState(place === null);
  return asks ? <Form close={close} /> : <Connected again={() => setAsks(true)} close={close} />;
}

function Connected({ again, close }: { again: () => void; close: () => void }) {
  const { t } = useTranslation('calendar');
  const send = useSend();
  const words = useFault();
  const { time } = useTimes();
  const { place, reading, read_at, kept } = useMeeting((state) => state.home.calendar);
  if (place === null) return null;
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
      {!kept && <p className={style.outcome}>{t('notKept')}</p>}
      <div className={style.formKeys}>
        <Button look="danger" onPress={forget} data-testid="calendar-forget">
          {t('forget')}
        </Button>
        <Button look="secondary" onPress={again} data-testid="calendar-other">
          {t('other')}
        </Button>
        <Button look="primary" busy={reading.kind === 'reading'} onPress={() => send({ kind: 'read_calendar' })} data-testid="calendar-read">
          {t('readAgain')}
        </Button>
      </div>
    </div>
  );
}

function Form({ close }: { close: () => void }) {
  const { t } = useTranslation('calendar');
  const send = useSend();
  const words = useFault();
  const { place, attempt, read_at } = useMeeting((state) => state.home.calendar);
  const [address, setAddress] = useState(place?.address ?? '');
  const [user, setUser] = useState(place?.user ?? '');
  const [password, setPassword] = useState('');
  // What was read when it was sent; the engine's word comes later.
  const [sent, setSent] = useState<{ read_at: number | null } | null>(null);
  const trying = attempt.kind === 'trying';
  const refused = sent !== null && attempt.kind === 'refused' ? attempt.fault : null;
  const connected = sent !== null && attempt.kind === 'none' && read_at !== sent.read_at;
  useEffect(() => {
    if (connected) close();
  }, [connected, close]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (trying || address.trim() === '') return;
    send({ kind: 'connect_calendar', address: address.trim(), user: user.trim(), password });
    setSent({ read_at });
  };
  return (
    <form className={style.form} onSubmit={submit}>
      <p>{t('dialogText')}</p>
      <Field label={t('address')} hint={t('addressHint')} value={address} onChange={setAddress} focus invalid={refused === 'address' || refused === 'no_calendar'} testId="calendar-address" />
      <Field label={t('user')} hint={t('userHint')} value={user} onChange={setUser} autoComplete="username" testId="calendar-user" />
      <Field label={t('password')} hint={t('passwordHint')} value={password} onChange={setPassword} autoComplete="current-password" secret invalid={refused === 'password'} testId="calendar-password" />
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
