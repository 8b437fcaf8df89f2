import { MicOff } from 'lucide-react';
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useMeeting, useSend } from '../engine/context';
import { Button } from '../parts/Button';
import { useInterpreterKey } from '../stage/interpreter';
import { type Face, faceOfPerson, faceOfSelf, personKey, visiblePeople } from '../stage/model';
import style from './panels.module.css';
import { PersonRow } from './PersonRow';
import { RowMenu, useRowMenu } from './RowMenu';
import { useGrowing } from './useGrowing';
import { useRowFocus } from './useRowFocus';
import { Waiting } from './Waiting';

/** From this many people on there is a search field. */
const SEARCH_FROM = 12;

/** Who waits, raised hands in their order, then everybody. */
export function People() {
  const { t } = useTranslation(['panels', 'stage']);
  const send = useSend();
  const announce = useAnnounce();
  const participants = useMeeting((state) => state.participants);
  const me = useMeeting((state) => state.me);
  const room = useMeeting((state) => state.room);
  const interpreter = useInterpreterKey();
  /** What is searched for; `null` until somebody does. */
  const [asked, setAsked] = useState<string | null>(null);
  const wanted = asked ?? '';
  const list = useRef<HTMLDivElement>(null);
  const menu = useRowMenu(list);
  const { close } = menu;
  const { onFocus, onKeyDown } = useRowFocus(list);
  // The panel is kept when it is closed; whoever opens it again sees everybody.
  useEffect(
    () => () => {
      setAsked(null);
      close();
    },
    [close],
  );
  const { moderate } = room.capabilities;
  const people = useMemo(() => visiblePeople(participants).map(faceOfPerson), [participants]);
  const self = useMemo(() => faceOfSelf(me, room), [me, room]);
  const found = [self, ...people].filter((face) => holds(face.name, wanted));
  const hands = found.filter((face) => face.hand !== null).sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0));
  const rest = found.filter((face) => face.hand === null);
  const shown = useGrowing(rest.length, wanted);
  const sought = wanted.trim();
  // Of the search alone, and once its letters are typed: who comes and goes meanwhile is told elsewhere, or on purpose nowhere.
  useEffect(() => {
    const text = sought === '' ? '' : found.length === 0 ? t('nobodyFound') : t('found', { count: found.length });
    announce({ kind: 'found', text, politeness: 'polite', latest: true });
  }, [sought]);
  const audible = people.some((face) => !face.muted);
  const row = (face: Face) => {
    const person = face.kind === 'person';
    return (
      <PersonRow
        key={face.kind + face.id}
        face={face}
        interprets={person && interpreter === personKey(face.id)}
        moderates={moderate}
        open={person && menu.asked?.id === face.id}
        onMenu={menu.open}
        t={t}
      />
    );
  };
  return (
    <div ref={list} className={style.body} onFocus={onFocus} onKeyDown={onKeyDown}>
      {moderate && <Waiting />}
      {/* Whoever searches can also stop, however few are left. */}
      {(people.length + 1 >= SEARCH_FROM || asked !== null) && (
        <input
          type="search"
          className={style.find}
          value={wanted}
          aria-label={t('find')}
          placeholder={t('find')}
          onChange={(event) => setAsked(event.target.value)}
          data-first-focus=""
          data-testid="find-person"
        />
      )}
      {found.length === 0 && (
        <p className={style.empty} data-testid="nobody-found">
          {t('nobodyFound')}
        </p>
      )}
      {hands.length > 0 && (
        <Group
          title={t('hands')}
          action={
            moderate && (
              <Button size="small" onPress={() => send({ kind: 'lower_all_hands' })} data-testid="lower-all">
                {t('lowerAll')}
              </Button>
            )
          }
        >
          {hands.map(row)}
        </Group>
      )}
      {rest.length > 0 && (
        <Group
          title={t('inMeeting', { count: rest.length })}
          action={
            moderate &&
            audible && (
              <Button size="small" onPress={() => send({ kind: 'mute_all' })} data-testid="mute-all">
                <MicOff aria-hidden="true" />
                {t('muteAll')}
              </Button>
            )
          }
        >
          {rest.slice(0, shown).map(row)}
        </Group>
      )}
      {menu.asked !== null && <RowMenu asked={menu.asked} list={list} onClose={menu.close} />}
    </div>
  );
}

/** Accents and case do not matter in a search. */
export function holds(name: string, wanted: string): boolean {
  const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const sought = plain(wanted.trim());
  return sought === '' || plain(name).includes(sought);
}

function Group({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <>
      <div className={style.title}>
        <h3 id={id}>{title}</h3>
        {action}
      </div>
      <ul role="list" aria-labelledby={id}>
        {children}
      </ul>
    </>
  );
}
