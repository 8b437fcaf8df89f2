import { MonitorUp } from 'lucide-react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { type Entry, Frame, Key, Others } from '../call/banner-parts';
import style from '../call/call.module.css';
import { useMeeting, useSend } from '../engine/context';
import type { ShareView } from '../engine/contract';
import { SoundKey, shareSound } from './ShareSound';

/** Nothing is chosen yet: the system's own dialog is open. */
function asking(share: ShareView, systemAsks: boolean): boolean {
  return systemAsks && share.size === null;
}

/** What others see of it now. */
export function shareState(t: TFunction<'sharing'>, share: ShareView, systemAsks: boolean): string {
  if (asking(share, systemAsks)) return t('nothingYet');
  if (share.paused) return t('paused');
  if (share.hidden) return t(share.size === null ? 'hiddenYet' : 'hidden');
  if (share.size === null || !share.published) return t('starting');
  return share.seen_by === 0 ? t('seenByNobody') : t('seenBy', { count: share.seen_by });
}

/** What of this computer is shared, in a few words. */
export function shareTitle(t: TFunction<'sharing'>, share: ShareView, systemAsks: boolean): string {
  if (asking(share, systemAsks)) return t('asking');
  if (share.kind === 'screen') return t('screen');
  return share.title === '' ? t('windowUntitled') : t('window', { title: share.title });
}

/** The bar of whoever shares: what it is, who sees it, pause and stop. */
export function ShareBanner({ share, others }: { share: ShareView; others: Entry[] }) {
  const { t } = useTranslation('sharing');
  const send = useSend();
  const systemAsks = useMeeting((state) => state.sharing.system_asks);
  return (
    <Frame tone="info" code="sharing">
      <MonitorUp aria-hidden="true" />
      <p className={style.bannerText}>
        <b>{shareTitle(t, share, systemAsks)}</b> <span data-testid="share-state">{shareState(t, share, systemAsks)}</span> {shareSound(t, share)}{' '}
        {share.own ? t('ownShared') : share.kind === 'window' && t('newWindows')}
      </p>
      <Key onPress={() => send({ kind: 'pause_share', paused: !share.paused })} testid="pause-share">
        {t(share.paused ? 'goOn' : 'pause')}
      </Key>
      <SoundKey share={share} />
      <Key onPress={() => send({ kind: 'stop_share' })} testid="stop-share">
        {t('stop')}
      </Key>
      <Others entries={others} />
    </Frame>
  );
}

/** The entry among what there is to say, while something is shared. */
export function useShareEntry(): Entry | null {
  const { t } = useTranslation('sharing');
  const share = useMeeting((state) => state.sharing.active);
  const systemAsks = useMeeting((state) => state.sharing.system_asks);
  if (share === null) return null;
  return { key: 'sharing', title: shareTitle(t, share, systemAsks), text: `${shareState(t, share, systemAsks)} ${shareSound(t, share)}`.trim(), show: (others) => <ShareBanner share={share} others={others} /> };
}
