import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, memo, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useEngine, useMeeting, useSend } from '../engine/context';
import type { Message } from '../engine/contract';
import { Button } from '../parts/Button';
import { useUi, useUiStore } from '../ui-state';
import { messageKey, messagesAfter, newestKey } from './after';
import { Counter } from './Counter';
import { Fate } from './Fate';
import { pieces } from './links';
import style from './panels.module.css';
import { useEnd } from './useEnd';

/** Longest message that is sent. */
export const LONGEST = 2000;
const COUNTED_FROM = 1800;
/** CSS pixels from the end that still count as being there. */
const NEAR_END = 40;

/** The messages of this meeting and the field for the next. */
export function Chat() {
  const { t } = useTranslation('panels');
  const messages = useMeeting((state) => state.messages);
  const ui = useUiStore();
  const log = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const kept = useRef(atEnd);
  kept.current = atEnd;
  useEnd(log, kept);
  /** The newest message that was on screen, by its key: their number falls where the oldest go. */
  const [seen, setSeen] = useState(() => newestKey(messages));
  const unseen = messagesAfter(messages, seen).length;

  const toEnd = () => {
    if (log.current !== null) log.current.scrollTop = log.current.scrollHeight;
  };
  useLayoutEffect(() => {
    ui.setState({ messageRead: newestKey(messages) });
    // What becomes of an own one later takes nobody to it.
    const isOwnNew = messages.at(-1)?.own === true && newestKey(messages) !== seen;
    if (!atEnd && !isOwnNew) return;
    setSeen(newestKey(messages));
    toEnd();
  }, [messages]);

  return (
    <>
      <div
        ref={log}
        className={`${style.body} ${style.log}`}
        role="log"
        // What comes is told by the window's own voice, wherever the focus is: twice would be too much.
        aria-live="off"
        aria-label={t('chat')}
        tabIndex={0}
        onScroll={(event) => {
          const box = event.currentTarget;
          const end = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
          setAtEnd(end);
          if (end) setSeen(newestKey(messages));
        }}
      >
        {messages.length === 0 ? (
          <div className={style.empty}>
            <p>{t('nothingKept')}</p>
            <p>{t('lateJoiner')}</p>
          </div>
        ) : (
          messages.map((message) => <Article key={messageKey(message)} message={message} />)
        )}
      </div>
      <footer className={style.foot}>
        {unseen > 0 && (
          <span className={style.newKey}>
            <Button look="primary" size="small" onPress={toEnd}>
              {t('new', { count: unseen })}
            </Button>
          </span>
        )}
        <Composer />
      </footer>
    </>
  );
}

/** Each keeps its identity until it is edited: a thousand are not made anew for one that comes. */
const Article = memo(function Article({ message }: { message: Message }) {
  const { t, i18n } = useTranslation(['panels', 'common']);
  const engine = useEngine();
  const send = useSend();
  // What the organisation does not want to be opened is told as a link from outside is: with its reason.
  const follow = (url: string) =>
    engine.openExternal(url).catch((failure) => {
      if (failure === 'managed') send({ kind: 'offer', text: url, direct: false, microphone_off: false, camera_off: false });
    });
  const time = useMemo(
    () => new Intl.DateTimeFormat(i18n.language, { hour: '2-digit', minute: '2-digit' }).format(message.at),
    [i18n.language, message.at],
  );
  const name = message.own ? t('common:you') : message.author_name;
  return (
    <article className={style.message} data-own={message.own || undefined} aria-label={t('panels:messageBy', { name, time })} data-testid="message">
      <div className={style.who}>
        {!message.own && <b dir="auto">{message.author_name}</b>}
        <time dateTime={new Date(message.at).toISOString()}>{time}</time>
        {message.edited && <small>{t('panels:edited')}</small>}
      </div>
      <p className={style.text} dir="auto">
        {pieces(message.text).map((piece, at) =>
          piece.url === null ? (
            piece.text
          ) : (
            <button
              key={at}
              type="button"
              role="link"
              // An address is read in its own direction, whatever stands around it.
              dir="ltr"
              className={style.link}
              onClick={() => void follow(piece.url ?? '')}
            >
              {piece.text}
            </button>
          ),
        )}
      </p>
      {message.own && <Fate id={message.id} sending={message.sending} />}
    </article>
  );
});

function Composer() {
  const { t } = useTranslation('panels');
  const command = useSend();
  const announce = useAnnounce();
  const ui = useUiStore();
  const counter = useId();
  // A panel that closes or gives way loses no word.
  const text = useUi((state) => state.chatDraft);
  const field = useRef<HTMLTextAreaElement>(null);
  const length = [...text].length;
  const over = length > LONGEST;
  const may = text.trim() !== '' && !over;

  // What becomes of it is told where it stands then (`Fate`).
  const send = () => {
    command({ kind: 'send_message', text: text.trim() });
    ui.setState({ chatDraft: '' });
    field.current?.focus({ preventScroll: true });
  };
  const keyDown = (event: KeyboardEvent) => {
    // Enter also ends the composition of a character; that is no message.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (may) send();
    else if (over) announce({ kind: 'chat-too-long', text: t('tooLongKept', { count: length - LONGEST }), politeness: 'assertive' });
  };
  // Whoever comes back goes on at the end.
  useLayoutEffect(() => field.current?.setSelectionRange(text.length, text.length), []);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);

  return (
    <>
      <div className={style.field}>
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          aria-label={t('write')}
          placeholder={t('write')}
          aria-describedby={counter}
          aria-invalid={over || undefined}
          onChange={(event) => ui.setState({ chatDraft: event.target.value })}
          onKeyDown={keyDown}
          data-first-focus=""
          data-testid="chat-field"
        />
        <Button icon size="small" aria-label={t('send')} isDisabled={!may} onPress={send} data-testid="chat-send">
          <SendHorizontal aria-hidden="true" />
        </Button>
      </div>
      <Counter id={counter} over={over} text={length < COUNTED_FROM ? '' : over ? t('tooLong', { count: length - LONGEST }) : t('left', { count: LONGEST - length })} />
    </>
  );
}
