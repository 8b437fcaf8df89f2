import { Copy, Link as LinkIcon } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import type { InvitationView } from '../engine/contract';
import { copyText } from '../error/actions';
import { Button } from '../parts/Button';
import parts from '../parts/parts.module.css';
import { useOutcome } from '../parts/useOutcome';
import { useRequest } from '../together/useRequest';
import { addressesOf, invitationText, spacedPin } from './invitation';
import { MeetingSettings } from './MeetingSettings';
import style from './panels.module.css';

/** How this meeting is reached, and for moderators what it allows. */
export function Meeting() {
  const invitation = useMeeting((state) => state.together.invitation);
  const moderate = useMeeting((state) => state.room.capabilities.moderate);
  return (
    <div className={style.body} data-testid="meeting">
      {invitation !== null && <Invitation invitation={invitation} />}
      {moderate && <Mail />}
      {moderate && <MeetingSettings />}
    </div>
  );
}

function Invitation({ invitation }: { invitation: InvitationView }) {
  const { t } = useTranslation('meeting');
  const room = useMeeting((state) => state.room.name);
  const { outcome: copied, turn, tell } = useOutcome<boolean>();
  const text = () =>
    invitationText(invitation, {
      title: t('textTitle', { room }),
      link: (link) => t('textLink', { link }),
      phone: (phone) => t('textPhone', { phone }),
      pin: (pin) => t('textPin', { pin }),
    });
  const copy = (what: string) => {
    tell(null);
    void copyText(what).then(tell);
  };
  return (
    <section className={style.section}>
      <h3>{t('invitation')}</h3>
      <dl className={style.facts}>
        <dt>{t('link')}</dt>
        <dd data-testid="invitation-link">{invitation.link}</dd>
        {invitation.phone !== null && (
          <>
            <dt>{t('phone')}</dt>
            <dd>{invitation.phone}</dd>
          </>
        )}
        {invitation.pin !== null && (
          <>
            <dt>{t('pin')}</dt>
            <dd data-code="">{spacedPin(invitation.pin)} #</dd>
          </>
        )}
      </dl>
      <div className={style.keys}>
        <Button look="primary" size="small" onPress={() => copy(text())} data-testid="copy-invitation" data-first-focus="">
          <Copy aria-hidden="true" />
          {t('copyInvitation')}
        </Button>
        <Button look="secondary" size="small" onPress={() => copy(invitation.link)} data-testid="copy-link">
          <LinkIcon aria-hidden="true" />
          {t('copyLink')}
        </Button>
      </div>
      <p role="status" className={style.outcome} data-bad={copied === false || undefined}>
        {copied !== null && <span key={turn}>{t(copied ? 'copied' : 'copyFailed')}</span>}
      </p>
    </section>
  );
}

function Mail() {
  const { t } = useTranslation('meeting');
  const id = useId();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const { state, send, reset } = useRequest('invite');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = addressesOf(text);
    setWrong(found.wrong);
    if (found.addresses.length > 0 && found.wrong === null) send({ kind: 'invite', addresses: found.addresses });
  };
  const edit = (value: string) => {
    setText(value);
    setWrong(null);
    if (state !== 'sending') reset();
  };
  const words = { idle: null, sending: 'sending', done: 'sent', refused: 'notSent' } as const;
  const outcome = words[state];
  return (
    <form className={style.section} onSubmit={submit}>
      <h3>{t('mail')}</h3>
      <div className={parts.field}>
        <label className={parts.label} htmlFor={id}>
          {t('addresses')}
        </label>
        <input
          id={id}
          className={parts.input}
          value={text}
          inputMode="email"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          aria-describedby={`${id}-help`}
          aria-invalid={wrong !== null}
          onChange={(event) => edit(event.target.value)}
          data-testid="invite-addresses"
        />
        <p id={`${id}-help`} className={parts.hint}>
          {t('addressesHelp')}
        </p>
      </div>
      <p role="status" className={style.outcome} data-bad={wrong !== null || state === 'refused' || undefined}>
        {wrong !== null ? t('wrong', { address: wrong }) : outcome !== null && t(outcome)}
      </p>
      <div className={style.keys}>
        <Button look="secondary" size="small" type="submit" isDisabled={state === 'sending' || text.trim() === ''} data-testid="invite">
          {t('send')}
        </Button>
      </div>
    </form>
  );
}
