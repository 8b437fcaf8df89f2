import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { useCover } from '../stage/covers';
import style from './share.module.css';
import type { Told } from './useShareKeys';

/** How it stands with what a key was about, as long as that is shown. What is said of it is the window's voice's. */
export function StateLine({ told }: { told: Told }) {
  const { t } = useTranslation(['call', 'announce']);
  const me = useMeeting((state) => state.me);
  const cover = useCover<HTMLParagraphElement>();
  const text = {
    hearing: () => t(`call:hearing.${me.hearing}`),
    seeing: () => t(`call:seeing.${me.seeing}`),
    hand: () => (me.hand === null ? t('announce:handDown') : t('announce:handUp', { rank: me.hand })),
    leave: () => t('call:leaveAsked'),
  };
  return (
    <p ref={cover} className={style.state} data-testid="share-told">
      {told.kind === 'reserved' ? told.text : text[told.kind]()}
    </p>
  );
}
