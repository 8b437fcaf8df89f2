import { X } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { Button } from '../parts/Button';
import { type PanelName, togglePanel, useUi, useUiStore } from '../ui-state';
import { Chat } from './Chat';
import style from './panels.module.css';
import { People } from './People';

/** Below this width of the window, in rem, there is one panel at a time. */
export const ONE_PANEL_REM = 60;

/** People above chat, with a separator that pointer and keyboard move. */
export function Panels() {
  const { t } = useTranslation('panels');
  const ref = useRef<HTMLDivElement>(null);
  const chatAllowed = useMeeting((state) => state.room.capabilities.chat);
  const all = useUi((state) => state.panels).filter((name) => name !== 'chat' || chatAllowed);
  const narrow = useNarrow();
  const open = narrow ? all.slice(-1) : all;
  const [share, setShare] = useState(50);
  if (open.length === 0) return null;
  const both = open.length > 1;
  return (
    <div ref={ref} className={style.panels} data-region="panels" data-narrow={narrow || undefined}>
      {open.includes('people') && (
        <Panel name="people" basis={both ? share : null}>
          <People />
        </Panel>
      )}
      {both && <Separator label={t('resize')} share={share} onShare={setShare} frame={ref} />}
      {open.includes('chat') && (
        <Panel name="chat" basis={both ? 100 - share : null}>
          <Chat />
        </Panel>
      )}
    </div>
  );
}

function useNarrow(): boolean {
  const [query] = useState(() => window.matchMedia(`(width < ${ONE_PANEL_REM}rem)`));
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const changed = () => setNarrow(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [query]);
  return narrow;
}

/** A panel takes the focus when it opens and gives it back to its key when it closes. */
function Panel({ name, basis, children }: { name: PanelName; basis: number | null; children: ReactNode }) {
  const { t } = useTranslation('panels');
  const ui = useUiStore();
  const count = useMeeting((state) => state.room.count);
  const ref = useRef<HTMLElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const panel = ref.current;
    (panel?.querySelector<HTMLElement>('[data-first-focus]') ?? title.current)?.focus();
    return () => {
      const held = panel?.contains(document.activeElement) || document.activeElement === document.body;
      if (held) document.querySelector<HTMLElement>(`[data-opener="${name}"], [data-testid="more"]`)?.focus();
    };
  }, [name]);
  return (
    <section ref={ref} className={style.panel} aria-label={t(name)} data-testid={`panel-${name}`} style={basis === null ? undefined : { flexGrow: basis }}>
      <header className={style.head}>
        <h2 ref={title} tabIndex={-1}>
          {t(name)} {name === 'people' && <span>{count}</span>}
        </h2>
        <Button icon size="small" aria-label={t(name === 'chat' ? 'closeChat' : 'closePeople')} onPress={() => togglePanel(ui, name)}>
          <X aria-hidden="true" />
        </Button>
      </header>
      {children}
    </section>
  );
}

const LEAST = 25;
const STEP = 5;

interface SeparatorProps {
  label: string;
  share: number;
  onShare: (share: number) => void;
  frame: RefObject<HTMLDivElement | null>;
}

function Separator({ label, share, onShare, frame }: SeparatorProps) {
  const set = (value: number) => onShare(Math.round(Math.min(100 - LEAST, Math.max(LEAST, value))));
  const drag = (event: PointerEvent) => {
    const box = frame.current?.getBoundingClientRect();
    if (event.buttons !== 1 || box === undefined || box.height === 0) return;
    set(((event.clientY - box.top) / box.height) * 100);
  };
  const key = (event: KeyboardEvent) => {
    const next = { ArrowUp: share - STEP, ArrowDown: share + STEP, Home: LEAST, End: 100 - LEAST }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  };
  return (
    <div
      className={style.separator}
      role="separator"
      aria-orientation="horizontal"
      aria-label={label}
      aria-valuemin={LEAST}
      aria-valuemax={100 - LEAST}
      aria-valuenow={share}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={key}
    />
  );
}
