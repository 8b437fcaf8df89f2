import { History } from 'lucide-react';
import { type CSSProperties, useMemo } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import call from '../call/call.module.css';
import { useMeeting } from '../engine/context';
import { usePanelDoors, usePanelShown } from '../panels/shown';
import style from './captions.module.css';
import { bandOf } from './group';
import { languageName } from './look';
import { useCaptionVoice } from './useCaptionVoice';

/**
 * What is being said, in a band of its own under the tiles, never over a face.
 *
 * It is not spoken by itself: who listens to a screen reader hears the voice. Who wants it spoken sets that (`useCaptionVoice`).
 */
export function CaptionBand() {
  const { t } = useTranslation('together');
  const doors = usePanelDoors();
  const state = useMeeting(({ together }) => together.captions);
  const captions = useMeeting((snapshot) => snapshot.captions);
  const open = usePanelShown('captions');
  const look = useMeeting(({ settings }) => settings.captions);
  const lines = useMemo(() => bandOf(captions, look.lines), [captions, look.lines]);
  const source = useSource();
  useCaptionVoice();
  if (state === 'off') return null;
  const hint = state === 'unwritten' ? 'unwritten' : lines.length > 0 ? null : state === 'starting' ? 'starting' : 'silent';
  return (
    <section
      className={style.band}
      style={{ '--lines': look.lines } as CSSProperties}
      data-size={look.size}
      data-notice={hint !== null || undefined}
      data-colours={look.colours}
      aria-label={t('caption.band')}
      aria-live="off" data-region="captions" data-testid="captions" data-state={state}>
      {/* The attribute names the fonts of what is inside, as at the root (`styles/tokens.css`). */}
      <div className={style.lines} data-runs-off="" {...(look.typeface === 'interface' ? {} : { 'data-typeface': look.typeface })}>
        {hint !== null && (
          <p className={style.hint} data-testid="caption-hint">
            {t(`caption.${hint}`)}
          </p>
        )}
        {lines.map(({ id, name, text, language }, at) => (
          <div key={id} className={style.line} data-old={at < lines.length - 1 || undefined} data-testid="caption">
            <span className={style.who} dir="auto">{name || t('caption.unknown')}</span>
            <p dir="auto" {...(language === '' ? {} : { lang: language })}>{text}</p>
          </div>
        ))}
      </div>
      <div className={style.side}>
        <small className={style.source} data-testid="caption-source">
          {source}
        </small>
        <Button className={call.stageKey ?? ''} aria-expanded={open} onPress={() => doors.toggle('captions')} data-opener="captions" data-testid="toggle-history" aria-label={t('caption.history')}>
          <History aria-hidden="true" />
          <span className={call.wideLabel}>{t('caption.history')}</span>
        </Button>
      </div>
    </section>
  );
}

/** Who writes the captions, and in which language. */
export function useSource(): string {
  const { t, i18n } = useTranslation('together');
  const language = useMeeting((snapshot) => languageName(snapshot.captions.at(-1)?.language ?? '', i18n.language));
  return language === '' ? t('caption.source') : t('caption.sourceIn', { language });
}
