import { History } from 'lucide-react';
import { type CSSProperties, useMemo } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import call from '../call/call.module.css';
import { useMeeting } from '../engine/context';
import { togglePanel, useUi, useUiStore } from '../ui-state';
import style from './captions.module.css';
import { bandOf } from './group';

/**
 * What is being said, in a band of its own under the tiles, never over a face.
 *
 * It is not spoken: who listens to a screen reader hears the voice.
 */
export function CaptionBand() {
  const { t } = useTranslation('together');
  const ui = useUiStore();
  const state = useMeeting(({ together }) => together.captions);
  const captions = useMeeting((snapshot) => snapshot.captions);
  const open = useUi(({ panels }) => panels.includes('captions'));
  const look = useMeeting(({ settings }) => settings.captions);
  const lines = useMemo(() => bandOf(captions, look.lines), [captions, look.lines]);
  if (state === 'off') return null;
  const hint = state === 'unwritten' ? 'unwritten' : lines.length > 0 ? null : state === 'starting' ? 'starting' : 'silent';
  return (
    <section
      className={style.band}
      style={{ '--lines': look.lines } as CSSProperties}
      data-size={look.size}
      aria-label={t('caption.band')}
      aria-live="off" data-region="captions" data-testid="captions" data-state={state}>
      <div className={style.lines}>
        {hint !== null && (
          <p className={style.hint} data-testid="caption-hint">
            {t(`caption.${hint}`)}
          </p>
        )}
        {lines.map(({ id, name, text }, at) => (
          <div key={id} className={style.line} data-old={at < lines.length - 1 || undefined} data-testid="caption">
            <span className={style.who}>{name || t('caption.unknown')}</span>
            <p>{text}</p>
          </div>
        ))}
      </div>
      <Button className={call.stageKey ?? ''} aria-expanded={open} onPress={() => togglePanel(ui, 'captions')} data-opener="captions" data-testid="toggle-history" aria-label={t('caption.history')}>
        <History aria-hidden="true" />
        <span className={call.wideLabel}>{t('caption.history')}</span>
      </Button>
    </section>
  );
}
