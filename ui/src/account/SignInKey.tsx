import { LogIn } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSend } from '../engine/context';
import type { ServerView } from '../engine/contract';
import { Button, type Look } from '../parts/Button';
import parts from '../parts/parts.module.css';
import { accountName, isUnderWay, useServer } from './account';
import style from './account.module.css';

const NOBODY: Omit<ServerView, 'host'> = { url: '', managed: false, visited: false, sign_in: 'out', account: null, rooms: null, making_room: false };

/** How far the sign-in has come, in words. */
export function SignInState({ server }: { server: ServerView }) {
  const { t } = useTranslation('account');
  const { sign_in, account } = server;
  return t(sign_in, { name: account === null ? '' : accountName(account) });
}

interface Props {
  server: ServerView;
  look?: Look;
  size?: 'small' | 'normal' | 'big';
  wide?: boolean;
  /** The words on the key, where the server is clear from what is around it. */
  children?: string;
}

/**
 * Signs in, or out. One key for all states: the focus stays on it, and while something is under way
 * a press does nothing.
 */
export function SignInKey({ server, look = 'secondary', size = 'small', wide = false, children }: Props) {
  const { t } = useTranslation('account');
  const send = useSend();
  const { host } = server;
  const out = server.sign_in === 'in' || server.sign_in === 'leaving';
  return (
    <Button
      look={look}
      size={size}
      wide={wide}
      busy={isUnderWay(server)}
      // Who hears only the key must know of which server it is.
      {...(out || children === undefined ? { 'aria-label': t(out ? 'signOutOf' : 'signInTo', { host }) } : {})}
      onPress={() => send({ kind: out ? 'sign_out' : 'sign_in', host })}
      data-testid={out ? 'sign-out' : 'sign-in'}
    >
      {!out && <LogIn aria-hidden="true" />}
      {out ? t('signOut') : (children ?? t('signIn'))}
    </Button>
  );
}

interface OfferProps {
  host: string;
  /** Somebody is known to wait for want of an account: the key is there, and why is said already. */
  waits?: boolean;
}

/** Before the door: signing in opens it. Nothing where nothing is known of the server, or somebody is signed in. */
export function SignInOffer({ host, waits = false }: OfferProps) {
  const { t } = useTranslation('account');
  const known = useServer(host);
  const server = known ?? (waits ? { ...NOBODY, host } : undefined);
  if (server === undefined || server.sign_in === 'in') return null;
  return (
    <div className={style.offer} data-testid="sign-in-offer">
      <SignInKey server={server} size="normal" wide>
        {t('directly')}
      </SignInKey>
      <p className={parts.hint} role="status">
        {isUnderWay(server) ? <SignInState server={server} /> : !waits && t('directlyWhy')}
      </p>
    </div>
  );
}
