import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useMeeting, useSend } from '../engine/context';
import type { LiveLine } from '../engine/contract';
import { Button } from '../parts/Button';
import { useUiStore } from '../ui-state';
import { isMoreWritten } from './after';
import { Counter } from './Counter';
import { Fate } from './Fate';
import style from './panels.module.css';
import { isNearEnd, useEnd } from './useEnd';

/** What is typed leaves within this, in milliseconds (EN 301 549 §6.2.4 allows 500). */
export const LEAVES_MS = 200;
/** Longest line that others are shown, in characters. */
export const LONGEST_LINE = 1000;
const COUNTED_FROM = 900;
/** A sentence that stands there finished for so long is sent as whole, in milliseconds; without its full stop, nobody is hurried. */
export const PAUSE_MS = 3000;
const SENTENCE = /[.!?…。？！؟]["'»”’)]*$/u;

/** Text that others see while it is typed, and that of theirs. */
export function LiveText() {
  const { t } = useTranslation('panels');
  const { lines, readers, by_chat } = useMeeting((state) => state.live_text);
  const ui = useUiStore();
  const reaches = useMeeting((state) => state.room.capabilities.send_data);
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useEnd(box, atEnd);
  // What its key counts while the pane is closed.
  useLayoutEffect(() => ui.setState({ liveRead: lines }), [lines, ui]);
  /** What stood there when the end was in sight last. */
  const seen = useRef(lines);
  const [more, setMore] = useState(false);
  const reached = () => {
    atEnd.current = true;
    seen.current = lines;
    setMore(false);
  };
  const toEnd = () => {
    reached();
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  };
  // With every letter: whoever reads again what was said stays where they are, and sees that it goes on.
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
    else setMore(isMoreWritten(lines, seen.current));
  }, [lines]);
  return (
    <>
      <div
        ref={box}
        className={`${style.body} ${style.log}`}
        role="group"
        aria-label={t('live')}
        tabIndex={0}
        onScroll={(event) => {
          if (isNearEnd(event.currentTarget)) reached();
          else atEnd.current = false;
        }}
      >
        {lines.length === 0 ? (
          reaches && (
            <div className={style.empty}>
              <p>{t('liveNothing')}</p>
              <p>{t('liveHow')}</p>
            </div>
          )
        ) : (
          lines.map((line) => <Line key={`${line.author ?? ''} ${line.id}`} line={line} />)
        )}
      </div>
      <footer className={style.foot}>
        {more && (
          <span className={style.newKey}>
            <Button look="primary" size="small" onPress={toEnd} data-testid="live-more">
              {t('liveMore')}
            </Button>
          </span>
        )}
        {reaches ? (
          <>
            <p className={style.readers} data-testid="live-readers">
              {[...(readers > 0 || by_chat === 0 ? [t('liveReaders', { count: readers })] : []), ...(by_chat > 0 ? [t('liveByChat', { count: by_chat })] : [])].join(' ')}
            </p>
            <Composer onTyped={toEnd} />
          </>
        ) : (
          <p className={style.readers} data-testid="live-closed">
            {t('liveClosed')}
          </p>
        )}
      </footer>
    </>
  );
}

function Line({ line }: { line: LiveLine }) {
  const { t } = useTranslation(['panels', 'common']);
  const own = line.author === null;
  const name = own ? t('common:you') : line.author_name;
  return (
    <article
      className={style.message}
      data-own={own || undefined}
      aria-label={own && line.sending !== 'sent' ? name : t(own ? 'panels:liveSent' : 'panels:liveReceived', { name })}
      data-testid="live-line"
      data-done={line.done || undefined}
    >
      <div className={style.who}>
        {!own && <b dir="auto">{line.author_name}</b>}
        {!line.done && <small>{t('panels:liveTyping')}</small>}
      </div>
      <p className={style.text} dir="auto">
        {line.text}
        {!line.done && <span className={style.caret} aria-hidden="true" />}
      </p>
      {own && <Fate id={line.id} sending={line.sending} />}
    </article>
  );
}

/** `onTyped`: whoever writes goes on at the end. */
function Composer({ onTyped }: { onTyped: () => void }) {
  const { t } = useTranslation('panels');
  const send = useSend();
  const announce = useAnnounce();
  const counter = useId();
  const [text, setText] = useState('');
  const left = LONGEST_LINE - [...text].length;
  /** What others see of it. */
  const told = useRef('');
  const latest = useRef('');
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const pause = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const composing = useRef(false);

  const tell = (done: boolean) => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    if (!done && told.current === latest.current) return;
    send({ kind: 'type_live', text: latest.current, done });
    told.current = done ? '' : latest.current;
  };
  const finish = () => {
    clearTimeout(pause.current);
    if (latest.current.trim() === '') return;
    tell(true);
    latest.current = '';
    setText('');
  };
  const rest = () => {
    if (!composing.current && SENTENCE.test(latest.current.trim())) finish();
  };
  const typed = (value: string) => {
    const all = [...value.replace(/\n/g, ' ')];
    const line = all.slice(0, LONGEST_LINE).join('');
    // What stands there is what others read: no more fits, and that is no secret.
    if (all.length > LONGEST_LINE) announce({ kind: 'live-full', text: t('liveCut', { count: all.length - LONGEST_LINE }), politeness: 'assertive' });
    latest.current = line;
    setText(line);
    onTyped();
    timer.current ??= setTimeout(() => tell(false), LEAVES_MS);
    clearTimeout(pause.current);
    pause.current = setTimeout(rest, PAUSE_MS);
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    finish();
  };
  // Whoever closes the pane has finished; what stands there is not lost.
  useEffect(
    () => () => {
      clearTimeout(pause.current);
      if (latest.current.trim() !== '') tell(true);
    },
    [],
  );

  return (
    <>
      <div className={style.field}>
        <textarea
          rows={2}
          dir="auto"
          value={text}
          aria-label={t('liveWrite')}
          placeholder={t('liveWrite')}
          aria-describedby={counter}
          onChange={(event) => typed(event.target.value)}
          onKeyDown={keyDown}
          onCompositionStart={() => void (composing.current = true)}
          onCompositionEnd={() => void (composing.current = false)}
          data-first-focus=""
          data-testid="live-field"
        />
      </div>
      <Counter id={counter} over={left === 0} text={left > LONGEST_LINE - COUNTED_FROM ? '' : left > 0 ? t('left', { count: left }) : t('liveFull')} />
    </>
  );
}
