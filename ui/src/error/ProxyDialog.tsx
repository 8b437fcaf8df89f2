import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { Button } from '../parts/Button';
import { Field } from '../parts/Field';
import { Dialog } from '../parts/overlays';
import { useUi, useUiStore } from '../ui-state';
import style from './view.module.css';

/** Says to the proxy that asks who one is; its name is shown, because a password goes there. */
export function ProxyDialog() {
  const { t } = useTranslation('issues');
  const ui = useUiStore();
  const open = useUi((state) => state.proxyOpen);
  return (
    <Dialog title={t('proxy.title')} isOpen={open} onOpenChange={(proxyOpen) => ui.setState({ proxyOpen })}>
      <Form close={() => ui.setState({ proxyOpen: false })} />
    </Dialog>
  );
}

function Form({ close }: { close: () => void }) {
  const { t } = useTranslation('issues');
  const send = useSend();
  const proxy = useMeeting((state) => (state.phase.kind === 'failed' ? state.phase.issue.params['proxy'] : undefined)) ?? '';
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (user.trim() === '' || proxy === '') return;
    send({ kind: 'sign_in_at_proxy', proxy, user: user.trim(), password });
    close();
  };
  return (
    <form className={style.form} onSubmit={submit}>
      <p>{t('proxy.text')}</p>
      <p className={style.proxy} data-testid="proxy-name">
        {proxy}
      </p>
      <Field label={t('proxy.user')} value={user} onChange={setUser} autoComplete="username" focus testId="proxy-user" />
      <Field label={t('proxy.password')} hint={t('proxy.hint')} value={password} onChange={setPassword} autoComplete="current-password" secret testId="proxy-password" />
      <div className={style.formKeys}>
        <Button look="secondary" onPress={close}>
          {t('proxy.cancel')}
        </Button>
        <Button look="primary" type="submit" data-testid="proxy-submit">
          {t('action.sign_in_at_proxy')}
        </Button>
      </div>
    </form>
  );
}
