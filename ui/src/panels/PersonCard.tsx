import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import type { LinkKind, ParticipantView } from '../engine/contract';
import { Avatar } from '../parts/Avatar';
import { Dialog } from '../parts/overlays';
import { useUi, useUiStore } from '../ui-state';
import style from './panels.module.css';

/** How far it is known who somebody is. */
export type Identity = 'phone' | 'guest' | 'account' | 'unknown';

/**
 * What the server vouches for. Pure.
 *
 * A bare LiveKit server lets people write their attributes themselves, so that only Visio's word is taken for an account; that somebody has none needs no proof.
 */
export function identityOf(someone: Pick<ParticipantView, 'kind' | 'guest' | 'signed_in'>, server: LinkKind | null): Identity {
  if (someone.kind === 'phone') return 'phone';
  if (someone.guest) return 'guest';
  return someone.signed_in && server === 'visio' ? 'account' : 'unknown';
}

const WORDS = {
  phone: ['card.phone', 'card.phoneName'],
  guest: ['card.guest', 'card.guestAt'],
  account: ['card.account', 'card.accountName'],
  unknown: ['card.unknown', 'card.unknownAt'],
} as const;

/** Who somebody is, as far as the server says; asked for by their menu or their name plate. */
export function PersonCard() {
  const { t } = useTranslation('panels');
  const ui = useUiStore();
  const asked = useUi((state) => (state.dialog?.kind === 'card' ? state.dialog.participant : null));
  const someone = useMeeting((state) => (asked === null ? undefined : state.participants[asked]));
  const link = useMeeting((state) => (state.phase.kind === 'in_meeting' ? state.phase.link : null));
  const gone = asked !== null && someone === undefined;
  useEffect(() => {
    if (gone) ui.setState({ dialog: null });
  }, [gone, ui]);
  if (someone === undefined) return null;
  const identity = identityOf(someone, link?.kind ?? null);
  const [what, why] = WORDS[identity];
  return (
    <Dialog title={someone.name} isOpen onOpenChange={(open) => !open && ui.setState({ dialog: null })}>
      <div className={style.card} data-testid="person-card" data-identity={identity}>
        <Avatar id={someone.id} name={someone.name} className={style.cardAvatar} />
        <div>
          <p className={style.cardWhat}>{t(what, { host: link?.host ?? '' })}</p>
          <p>{t(why)}</p>
          {someone.role !== 'member' && <p>{t('card.moderates')}</p>}
        </div>
      </div>
    </Dialog>
  );
}
