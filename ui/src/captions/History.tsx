import { Copy, Save } from 'lucide-react';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting } from '../engine/context';
import { copyText } from '../error/actions';
import style from '../panels/panels.module.css';
import { Button } from '../parts/Button';
import { useOutcome } from '../parts/useOutcome';
import { useSource } from './CaptionBand';
import { captionsText, fileNameOf, groupCaptions } from './group';

type Outcome = 'copied' | 'copyFailed' | 'saved' | 'saveFailed';

/** CSS pixels from the end that still count as being there. */
const NEAR_END = 40;

/** All that was said while captions ran; leaves this window only by the keys. */
export function History() {
  const { t, i18n } = useTranslation(['panels', 'together']);
  const engine = useEngine();
  const captions = useMeeting((state) => state.captions);
  const room = useMeeting((state) => state.room.name);
  const groups = useMemo(() => groupCaptions(captions), [captions]);
  const clock = useMemo(() => new Intl.DateTimeFormat(i18n.language, { hour: '2-digit', minute: '2-digit' }), [i18n.language]);
  const source = useSource();
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const { outcome, turn, tell } = useOutcome<Outcome>();
  useLayoutEffect(() => {
    if (atEnd.current && list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  }, [captions]);
  const spoken = (name: string, text: string) => t('together:caption.spoken', { name: name || t('together:caption.unknown'), text });
  const whole = () => captionsText(captions, (at) => clock.format(at), spoken);
  const copy = () => {
    tell(null);
    void copyText(whole()).then((done) => tell(done ? 'copied' : 'copyFailed'));
  };
  const save = () => {
    const day = new Intl.DateTimeFormat('sv-SE').format(captions[0]?.at ?? Date.now());
    tell(null);
    engine.saveText(fileNameOf(t('panels:captionsFile', { room, day })), whole()).then(
      // Whoever thought better of it knows that.
      (done) => tell(done ? 'saved' : null),
      () => tell('saveFailed'),
    );
  };
  return (
    <>
      <div
        ref={list}
        className={style.body}
        role="log"
        aria-live="off"
        aria-label={t('panels:captions')}
        tabIndex={0}
        data-first-focus=""
        onScroll={(event) => {
          const box = event.currentTarget;
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
        }}
      >
        <p className={style.empty}>
          {source}. {t('panels:captionsByServer')}
        </p>
        {groups.length === 0 && <p className={style.empty}>{t('panels:captionsEmpty')}</p>}
        {groups.map((group) => (
          <article key={group.id} className={style.message} data-testid="said">
            <div className={style.who}>
              <b dir="auto">{group.name || t('together:caption.unknown')}</b>
              <time dateTime={new Date(group.at).toISOString()}>{clock.format(group.at)}</time>
            </div>
            <p className={style.text} dir="auto" {...(group.language === '' ? {} : { lang: group.language })}>
              {group.segments.join(' ')}
            </p>
          </article>
        ))}
      </div>
      <footer className={style.foot}>
        <div className={style.keys}>
          <Button look="secondary" size="small" isDisabled={groups.length === 0} onPress={copy} data-testid="copy-captions">
            <Copy aria-hidden="true" />
            {t('panels:copyAll')}
          </Button>
          <Button look="secondary" size="small" isDisabled={groups.length === 0} onPress={save} data-testid="save-captions">
            <Save aria-hidden="true" />
            {t('panels:saveAs')}
          </Button>
          <span role="status" className={style.outcome} data-bad={outcome === 'saveFailed' || outcome === 'copyFailed' || undefined}>
            {outcome !== null && <span key={turn}>{t(`panels:${outcome}`)}</span>}
          </span>
        </div>
      </footer>
    </>
  );
}
