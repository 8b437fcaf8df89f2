import { UserPlus, X } from 'lucide-react';
import { Activity, type ComponentType, type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LAYER } from '../a11y/focus-keeper';
import { focusOn } from '../a11y/focus-on';
import { isDrawn } from '../a11y/regions';
import { History } from '../captions/History';
import { useMeeting } from '../engine/context';
import { Button } from '../parts/Button';
import { type PanelName, useUiStore } from '../ui-state';
import { Chat } from './Chat';
import { LiveText } from './LiveText';
import { Meeting } from './Meeting';
import { Messages } from './Messages';
import style from './panels.module.css';
import { People } from './People';
import { hasMeetingPanel, usePanelDoors, usePanelsThatFit, useShownPanels } from './shown';

/** From top to bottom, whatever was opened first. */
const ORDER: readonly PanelName[] = ['people', 'captions', 'messages', 'meeting', 'live', 'chat'];
/** Stays behind, unseen, when it is closed: a hundred rows that are made anew each time stop the window. */
const KEPT: PanelName = 'people';

const VIEWS: Record<PanelName, ComponentType> = { people: People, captions: History, messages: Messages, meeting: Meeting, live: LiveText, chat: Chat };
const CLOSE = { people: 'closePeople', captions: 'closeCaptions', messages: 'closeMessages', meeting: 'closeMeeting', live: 'closeLive', chat: 'closeChat' } as const;

/** One or two panels, with a separator that pointer and keyboard move. */
export function Panels() {
  const { t } = useTranslation('panels');
  const ref = useRef<HTMLDivElement>(null);
  const narrow = usePanelsThatFit() === 1;
  const shown = useShownPanels();
  const open = ORDER.filter((name) => shown.includes(name));
  const [share, setShare] = useState(50);
  const [kept, setKept] = useState(false);
  if (!kept && open.includes(KEPT)) setKept(true);
  const there = ORDER.filter((name) => open.includes(name) || (kept && name === KEPT));
  if (there.length === 0) return null;
  const both = open.length > 1;
  // Without the attributes it is no region, and the stage has its place.
  const seen = open.length > 0 ? { 'data-region': 'panels', 'data-narrow': narrow || undefined } : { hidden: true };
  return (
    <div ref={ref} className={style.panels} {...seen}>
      {there.map((name) => {
        const View = VIEWS[name];
        const at = open.indexOf(name);
        return (
          <Activity key={name} mode={at < 0 ? 'hidden' : 'visible'}>
            {at > 0 && <Separator label={t('resize')} share={share} onShare={setShare} frame={ref} />}
            <Panel name={name} closed={at < 0} basis={!both ? null : at === 0 ? share : 100 - share}>
              <View />
            </Panel>
          </Activity>
        );
      })}
    </div>
  );
}

interface PanelProps {
  name: PanelName;
  /** It is kept, and not to be found by anybody. */
  closed: boolean;
  /** Its share of the height beside another one. */
  basis: number | null;
  children: ReactNode;
}

/** A panel takes the focus when it opens and gives it back when it closes, to what had it or to its key (`Activity` ends its effects then, whether or not it is kept). */
function Panel({ name, closed, basis, children }: PanelProps) {
  const { t } = useTranslation('panels');
  const ui = useUiStore();
  const count = useMeeting((state) => state.room.count);
  const meetingUseful = useMeeting(hasMeetingPanel);
  const doors = usePanelDoors();
  const ref = useRef<HTMLElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const before = useRef<Element | null>(null);
  // Before what is in it takes the focus. Whoever opened it by a shortcut was elsewhere than on its key.
  useLayoutEffect(() => {
    before.current = ui.getState().quiet === name ? null : document.activeElement;
  }, [name, ui]);
  useEffect(() => {
    const panel = ref.current;
    if (ui.getState().quiet === name) ui.setState({ quiet: null });
    else (panel?.querySelector<HTMLElement>('[data-first-focus]') ?? title.current)?.focus();
    return () => {
      const held = panel?.contains(document.activeElement) || document.activeElement === document.body;
      if (!held) return;
      const key = document.querySelector<HTMLElement>(`[data-opener="${name}"], [data-testid="more"]`);
      const back = before.current instanceof HTMLElement && isThere(before.current) ? before.current : key;
      if (back !== null) focusOn(back);
    };
  }, [name, ui]);
  return (
    <section ref={ref} hidden={closed} className={style.panel} aria-label={t(name)} data-testid={closed ? undefined : `panel-${name}`} style={basis === null ? undefined : { flexGrow: basis }}>
      <header className={style.head}>
        <h2 ref={title} tabIndex={-1}>
          {t(name)} {name === 'people' && <span>{count}</span>}
        </h2>
        {name === 'people' && meetingUseful && (
          <Button size="small" onPress={() => doors.open('meeting')}>
            <UserPlus aria-hidden="true" />
            <span className={style.unwide}>{t('invite')}</span>
          </Button>
        )}
        <Button icon size="small" aria-label={t(CLOSE[name])} onPress={() => doors.toggle(name)}>
          <X aria-hidden="true" />
        </Button>
      </header>
      {children}
    </section>
  );
}

/** Whether what had the focus can have it again. In a menu it was on its way out, and a heading has it only until somebody goes on from there. */
function isThere(thing: HTMLElement): boolean {
  return thing !== document.body && !thing.matches('h1, h2, h3') && thing.isConnected && isDrawn(thing) && !thing.matches(':disabled') && thing.closest(`[hidden], ${LAYER}`) === null;
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
