import { AppWindow, Monitor } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting, useSend } from '../engine/context';
import type { ScreenKind, ScreenSource, ShareMode } from '../engine/contract';
import { Button } from '../parts/Button';
import { End } from '../parts/End';
import { Dialog } from '../parts/overlays';
import together from '../together/together.module.css';
import { useUi, useUiStore } from '../ui-state';
import { SoundSwitch, useSoundWanted } from './ShareSound';
import style from './sharing.module.css';

/** Windows come and go while somebody chooses, in milliseconds. */
const LOOK_MS = 3000;

const MODES: readonly ShareMode[] = ['automatic', 'detail', 'motion'];
const KINDS: readonly ScreenKind[] = ['window', 'screen'];

/** What to share: a window or a screen, with small pictures. */
export function SharePicker() {
  const { t } = useTranslation('sharing');
  const ui = useUiStore();
  const may = useMeeting((state) => state.room.capabilities.publish_screen);
  const asked = useUi((state) => state.dialog?.kind === 'share');
  const close = () => ui.setState({ dialog: null });
  const send = useSend();
  // Where the right comes back, nobody asks anew; and what was found is forgotten.
  const over = asked && !may;
  useEffect(() => {
    if (!over) return;
    send({ kind: 'stop_share' });
    ui.setState({ dialog: null });
    // Each rendering has another `send`.
  }, [over, ui]);
  return (
    <Dialog
      title={t('title')}
      steady
      isOpen={asked && may}
      onOpenChange={(next) => {
        if (next) return;
        // Nothing is shared: what was found is forgotten.
        send({ kind: 'stop_share' });
        close();
      }}
    >
      <Choice close={close} />
    </Dialog>
  );
}

function Choice({ close }: { close: () => void }) {
  const { t } = useTranslation('sharing');
  const send = useSend();
  const engine = useEngine();
  const name = useId();
  const { sources, looked, possible, windows_only } = useMeeting((state) => state.sharing);
  const [chosen, setChosen] = useState<string | null>(null);
  const [mode, setMode] = useState<ShareMode>('automatic');
  useEffect(() => {
    const look = () => void engine.command({ kind: 'look_for_screens' }).catch(() => undefined);
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [engine]);
  // Why not is told where everything else is.
  const denied = looked && !possible;
  useEffect(() => {
    if (denied) close();
  }, [denied, close]);
  const source = sources.find((one) => one.id === chosen);
  const sound = useSoundWanted(source);
  const share = () => {
    if (source === undefined) return;
    send({ kind: 'start_share', choice: { kind: 'source', value: source.id }, mode, sound });
    close();
  };
  return (
    <form
      className={style.picker}
      onSubmit={(event) => {
        event.preventDefault();
        share();
      }}
    >
      {/* However many windows there are, what is below them stays seen; in a low window it scrolls too, and the foot stays. */}
      <div className={style.scrolls} data-testid="share-scrolls">
        <div className={style.scrolled}>
          <div className={style.lists} onKeyDown={goRound}>
            <div className={style.scrolled}>
              {KINDS.filter((kind) => kind === 'window' || !windows_only).map((kind) => (
                <fieldset key={kind} className={style.sources} data-kind={kind}>
                  <legend>{t(kind === 'window' ? 'windows' : 'screens')}</legend>
                  {sources
                    .filter((one) => one.kind === kind)
                    .map((one) => (
                      <Source key={one.id} source={one} name={name} chosen={one.id === chosen} onChoose={() => setChosen(one.id)} />
                    ))}
                  {!sources.some((one) => one.kind === kind) && <p className={style.empty}>{t(looked ? 'none' : 'looking')}</p>}
                </fieldset>
              ))}
              <End scroller={style.lists ?? ''} />
            </div>
          </div>
          {windows_only && <p>{t('windowsOnly')}</p>}
          <fieldset className={together.modes}>
            <legend>{t('mode')}</legend>
            <div className={style.kinds}>
              {MODES.map((value) => (
                <label key={value} className={together.mode}>
                  <input type="radio" name={`${name}-mode`} value={value} checked={mode === value} onChange={() => setMode(value)} />
                  {t(`modes.${value}`)}
                </label>
              ))}
            </div>
          </fieldset>
          <SoundSwitch source={source} />
          <End scroller={style.scrolls ?? ''} />
        </div>
      </div>
      <div className={style.foot}>
        <p role="status" className={style.note}>
          {source?.own ? t(source.kind === 'window' ? 'ownWindow' : 'ownScreen') : source?.kind === 'window' && t('newWindows')}
        </p>
        <div className={together.dialogKeys}>
          <Button
            look="secondary"
            onPress={() => {
              send({ kind: 'stop_share' });
              close();
            }}
          >
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" isDisabled={source === undefined} data-testid="start-share">
            {t('start')}
          </Button>
        </div>
      </div>
    </form>
  );
}

interface SourceProps {
  source: ScreenSource;
  name: string;
  chosen: boolean;
  onChoose: () => void;
}

function Source({ source, name, chosen, onChoose }: SourceProps) {
  const { t } = useTranslation('sharing');
  const Icon = source.kind === 'window' ? AppWindow : Monitor;
  return (
    <label className={style.source} data-chosen={chosen || undefined} data-testid="share-source">
      <span className={style.picture}>{source.thumbnail === null ? <Icon aria-hidden="true" /> : <img src={source.thumbnail} alt="" />}</span>
      <span className={style.name}>
        <input type="radio" name={name} value={source.id} checked={chosen} onChange={onChoose} onFocus={showWhole} />
        <span className={style.title}>{source.title === '' ? t('untitled') : source.title}</span>
      </span>
    </label>
  );
}

/** A key that gives it the focus brings it into view with its picture, and its name where both have no room: WebKit's arrows scroll nothing. A pointer has it before it already. */
function showWhole({ currentTarget }: { currentTarget: HTMLElement }) {
  if (document.documentElement.dataset['keys'] === undefined) return;
  for (const part of [currentTarget.closest('label'), currentTarget.parentElement]) part?.scrollIntoView({ block: 'nearest' });
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** From the last source to the first, and back: WebKit's arrows end there, and from a last one that is not chosen yet they seem dead. */
function goRound(event: KeyboardEvent<HTMLElement>) {
  const step = STEPS[event.key];
  if (step === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLInputElement>('input[type="radio"]')];
  if (event.target !== all.at(step === 1 ? -1 : 0)) return;
  const next = all.at(step === 1 ? 0 : -1);
  event.preventDefault();
  next?.focus();
  next?.click();
}
