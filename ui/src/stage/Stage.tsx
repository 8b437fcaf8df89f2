import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useEngine, useMeeting } from '../engine/context';
import type { ParticipantView, ReactionView } from '../engine/contract';
import call from '../call/call.module.css';
import { usePanelDoors } from '../panels/shown';
import { useSize } from '../parts/useSize';
import { type Merged, mergedBySender } from '../together/reactions';
import { setZoom, useUi, useUiStore } from '../ui-state';
import { compose, LEAST_REM, type StagePlan } from './compose';
import { cornerAt, cornerTowards } from './corner';
import { useCover } from './covers';
import { useInterpreterKey } from './interpreter';
import { faceOfPerson, faceOfScreen, faceOfSelf, personKey, screenKey, SELF, screenEntries, sharedScreen, stageEntries, visiblePeople } from './model';
import type { Box } from './layout';
import { type Direction, neighbour } from './move';
import { Notch } from './Notch';
import { Seats } from './seats';
import { ShareRow } from './ShareBar';
import { ShareTabs } from './ShareTabs';
import { shareChosen, sharesShown } from './shares';
import style from './stage.module.css';
import { Tile, type TileActions } from './Tile';
import { Thrown } from './tile-parts';
import { useLayoutActs } from './useLayoutActs';
import { useLoneShare } from './useLoneShare';

/** So many are named of those who react without a tile. */
const ELSEWHERE = 3;
const NONE: readonly Merged[] = [];
const STAGE_ID = 'stage';

const ARROWS: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

/** All tiles of a meeting. */
export function Stage() {
  const { t } = useTranslation(['stage', 'announce']);
  const engine = useEngine();
  const announce = useAnnounce();
  const told = useRef(t);
  told.current = t;
  const acts = useLayoutActs();
  const acting = useRef(acts);
  acting.current = acts;
  const ref = useRef<HTMLElement>(null);
  // Else the tiles lie over a panel that has just opened, for one frame.
  const { w, h, rem } = useSize(ref, true);
  const participants = useMeeting((state) => state.participants);
  const me = useMeeting((state) => state.me);
  const room = useMeeting((state) => state.room);
  const veiled = useMeeting((state) => state.phase.kind === 'in_meeting' && state.phase.reconnecting_for !== null);
  const ui = useUiStore();
  const doors = usePanelDoors();
  const mode = useUi((state) => state.layout);
  const pinned = useUi((state) => state.pins);
  const corner = useUi((state) => state.corner);
  const interpreter = useInterpreterKey();
  const page = useUi((state) => state.page);
  const selfHidden = useUi((state) => state.selfHidden);
  const zooms = useUi((state) => state.zooms);

  const people = useMemo(() => visiblePeople(participants), [participants]);
  const before = useRef<StagePlan | null>(null);
  const [keyboardInside, setKeyboardInside] = useState(false);
  // What has a window of its own leaves its room to the others.
  const shareWindow = useMeeting((state) => state.share_window);
  const offered = shareWindow ? [] : screenEntries(people);
  const choice = useUi((state) => state.share);
  // A grid shows all, and so does whoever pins.
  const tabbed = offered.length > 1 && mode !== 'grid' && !pinned.some((key) => isThere(key, people));
  const screens = tabbed ? sharesShown(offered, choice) : offered;
  const seats = useSeats(people, screens.length, before.current, pinned, interpreter, keyboardInside);
  const speaker = useSpeaker(people);
  const entries = stageEntries(people, screens, seats, selfHidden);
  const plan = compose({ entries, mode, pinned, interpreter, speaker, corner, w, h, rem, page, previousCols: before.current?.cols ?? 0 });
  useEffect(() => {
    before.current = plan;
    if (plan.kind !== 'empty' && plan.page !== ui.getState().page) ui.setState({ page: plan.page });
  });

  const low = useLoneShare(plan, h, rem);
  const barOf = useUi((state) => state.shareBar);

  const notch = plan.tiles.find((tile) => tile.notch);
  const [current, setCurrent] = useState<string | null>(null);
  const tabbable = plan.tiles.some((tile) => tile.key === current) ? current : (plan.tiles[0]?.key ?? null);
  const [actions] = useState<TileActions>(() => ({
    pin: (key, face) => acting.current.pin(key, face),
    who: (participant) => ui.setState({ dialog: { kind: 'card', participant } }),
    toWindow: () => void engine.openShare(told.current('stage:shareTitle')).catch(() => undefined),
    hideSelf: () => acting.current.hideSelf(true),
    focused: setCurrent,
    moveSelf: (to) => {
      if (ui.getState().corner === to) return;
      ui.setState({ corner: to });
      announce({ kind: 'layout', text: told.current('announce:corner', { where: told.current(`stage:corner.${to}`) }), politeness: 'polite' });
    },
    dragSelf: (clientX, clientY) => {
      const large = before.current?.tiles.find((tile) => tile.large)?.box;
      const stage = ref.current?.getBoundingClientRect();
      if (large !== undefined && stage !== undefined) actions.moveSelf(cornerAt(clientX - stage.left, clientY - stage.top, large));
    },
    zoom: (track, zoom) => setZoom(ui, track, zoom),
  }));

  const keyDown = (event: KeyboardEvent) => {
    const direction = ARROWS[event.key];
    if (direction === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const from = (event.target as HTMLElement).dataset['tile'];
    if (from === undefined) return;
    event.preventDefault();
    if (event.shiftKey) {
      if (from === notch?.key) actions.moveSelf(cornerTowards(corner, direction));
      return;
    }
    const to = neighbour(plan.tiles, from, direction);
    if (to !== null) tileElement(ref.current, to)?.focus();
  };

  const faces = useMemo(() => {
    const byKey = new Map(people.map((someone) => [personKey(someone.id), faceOfPerson(someone)]));
    for (const someone of people) {
      const screen = sharedScreen(someone);
      if (screen !== null) byKey.set(screenKey(someone.id), faceOfScreen(someone, screen));
    }
    return byKey;
  }, [people]);
  const self = useMemo(() => faceOfSelf(me, room), [me, room]);
  const reactions = useMeeting((state) => state.together.reactions);
  const thrown = useThrown(reactions);
  const shared = low === null || !low.row ? undefined : faces.get(low.place.key);

  return (
    <>
      {tabbed && (
        <ShareTabs
          shares={offered.map(({ key }) => ({ key, name: faces.get(key)?.name ?? '' }))}
          chosen={shareChosen(offered.map(({ key }) => key), choice)}
          onChoose={(share) => ui.setState({ share })}
          panel={STAGE_ID}
        />
      )}
      {low !== null && shared !== undefined && <ShareRow face={shared} place={low.place} />}
      <section
        ref={ref}
        id={STAGE_ID}
        className={style.stage}
        aria-label={t('stage:label')}
        data-region="stage"
        data-testid="stage"
        data-layout={plan.kind}
        onKeyDown={keyDown}
        onFocus={() => setKeyboardInside(true)}
        onBlur={() => setKeyboardInside(false)}
      >
        {plan.tiles.map(({ key, box, notch: inNotch, signer }) => {
          const face = key === SELF ? self : faces.get(key);
          if (face === undefined) return null;
          return (
            <Tile
              key={key}
              tileKey={key}
              face={face}
              x={box.x}
              y={box.y}
              w={box.w}
              h={box.h}
              corner={inNotch ? corner : null}
              signer={signer}
              rings={people.length >= 2}
              pinned={pinned.includes(key)}
              reactions={(face.kind === 'screen' ? undefined : thrown.get(face.kind === 'self' ? null : face.id)) ?? NONE}
              veiled={veiled && key !== SELF}
              zoom={(face.track === null ? undefined : zooms[face.track]) ?? null}
              bar={key === barOf || key === low?.place.key}
              tabbable={key === tabbable}
              actions={actions}
            />
          );
        })}
        {notch !== undefined && <Notch tile={notch} corner={corner} />}
        {plan.hiddenBox !== null && (
          <Button
            className={style.others ?? ''}
            style={{ left: plan.hiddenBox.x, top: plan.hiddenBox.y, width: plan.hiddenBox.w, height: plan.hiddenBox.h }}
            onPress={() => doors.open('people')}
          >
            {t('stage:others', { count: plan.hidden })}
          </Button>
        )}
        {h >= LEAST_REM * rem && <Elsewhere reactions={reactions} shown={plan.tiles.map((tile) => tile.key)} />}
        {plan.pagerBox !== null && <Pager page={plan.page} pages={plan.pages} box={plan.pagerBox} />}
      </section>
    </>
  );
}

/** Whether a pinned tile is of somebody, or something, that is there. */
function isThere(key: string, people: readonly ParticipantView[]): boolean {
  return key === SELF || people.some((someone) => key === personKey(someone.id) || (key === screenKey(someone.id) && sharedScreen(someone) !== null));
}

export function tileElement(stage: HTMLElement | null, key: string): HTMLElement | null {
  return stage?.querySelector<HTMLElement>(`[data-tile="${CSS.escape(key)}"]`) ?? null;
}

/** A tile renders again only where its own reactions changed. */
function useThrown(reactions: readonly ReactionView[]): Map<string | null, readonly Merged[]> {
  const before = useRef(new Map<string | null, readonly Merged[]>());
  return useMemo(() => {
    const next = new Map<string | null, readonly Merged[]>(mergedBySender(reactions));
    for (const [from, merged] of next) {
      const known = before.current.get(from);
      if (known !== undefined && JSON.stringify(known) === JSON.stringify(merged)) next.set(from, known);
    }
    before.current = next;
    return next;
  }, [reactions]);
}

/** Reactions of people without a tile on this page, by name. */
function Elsewhere({ reactions, shown }: { reactions: readonly ReactionView[]; shown: string[] }) {
  const { t } = useTranslation('common');
  const cover = useCover<HTMLDivElement>();
  const others = [...mergedBySender(reactions)].filter(([from]) => !shown.includes(from === null ? SELF : personKey(from)));
  if (others.length === 0) return null;
  return (
    <div ref={cover} className={style.elsewhere} aria-hidden="true">
      {others.slice(0, ELSEWHERE).map(([from, merged]) => (
        <span key={from ?? SELF} className={style.elsewhereOne} data-testid="reaction-elsewhere">
          {from === null ? t('you') : reactions.find((one) => one.from === from)?.name}
          <Thrown reactions={merged} />
        </span>
      ))}
      {others.length > ELSEWHERE && <span>+{others.length - ELSEWHERE}</span>}
    </div>
  );
}

/** The order of people, with whoever speaks off the page brought in. */
function useSeats(
  people: ParticipantView[],
  shares: number,
  plan: StagePlan | null,
  pinned: readonly string[],
  interpreter: string | null,
  frozen: boolean,
): readonly string[] {
  const [seats] = useState(() => new Seats());
  const [, wake] = useState(0);
  const paged = plan !== null && plan.pages > 1;
  // Shares come before people.
  const first = paged ? plan.page * plan.perPage - shares : 0;
  const among = (keys: readonly string[]) => new Set(people.map(({ id }) => id).filter((id) => keys.includes(personKey(id))));
  const view = {
    first: Math.max(0, first),
    end: paged ? first + plan.perPage : Number.POSITIVE_INFINITY,
    fixed: among(pinned),
    apart: among(interpreter === null ? [] : [interpreter]),
    frozen,
  };
  const now = performance.now();
  seats.update(
    people.map((someone) => someone.id),
    new Set(people.filter((someone) => someone.speaking).map((someone) => someone.id)),
    now,
  );
  const order = seats.arrange(view, now);
  const due = seats.due(view, now);
  useEffect(() => {
    if (due === null) return;
    const timer = setTimeout(() => wake((count) => count + 1), due + 1);
    return () => clearTimeout(timer);
  });
  return order;
}

/** Whoever speaks now, or spoke last. */
function useSpeaker(people: ParticipantView[]): string | null {
  const last = useRef<string | null>(null);
  const known = people.find((someone) => personKey(someone.id) === last.current);
  if (known === undefined || !known.speaking) {
    const speaking = people.find((someone) => someone.speaking);
    if (speaking !== undefined) last.current = personKey(speaking.id);
  }
  return last.current;
}

function Pager({ page, pages, box }: { page: number; pages: number; box: Box }) {
  const { t } = useTranslation('stage');
  const ui = useUiStore();
  const announce = useAnnounce();
  const text = t('page', { page: page + 1, pages });
  const told = useRef(text);
  useEffect(() => {
    if (told.current !== text) announce({ kind: 'page', text, politeness: 'polite' });
    told.current = text;
  }, [announce, text]);
  return (
    <div className={style.pager} style={{ left: box.x + box.w / 2, top: box.y, minHeight: box.h }}>
      <Button className={call.stageKey ?? ''} data-icon="" aria-label={t('previousPage')} isDisabled={page === 0} onPress={() => ui.setState({ page: page - 1 })}>
        <ChevronLeft aria-hidden="true" />
      </Button>
      <span>{text}</span>
      <Button className={call.stageKey ?? ''} data-icon="" aria-label={t('nextPage')} isDisabled={page === pages - 1} onPress={() => ui.setState({ page: page + 1 })}>
        <ChevronRight aria-hidden="true" />
      </Button>
    </div>
  );
}
