import { AudioLines, Hand, Mic, MicOff, MoreHorizontal, X } from 'lucide-react';
import { type ReactNode, useId, useMemo, useState } from 'react';
import { Button as AriaButton, MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { Avatar } from '../parts/Avatar';
import { Button } from '../parts/Button';
import { Menu, Popover } from '../parts/overlays';
import { useInterpreterKey } from '../stage/interpreter';
import { type Face, faceOfPerson, faceOfSelf, personKey, visiblePeople } from '../stage/model';
import style from './panels.module.css';
import { usePersonItems } from './person-actions';
import { Waiting } from './Waiting';

/** From this many people on there is a search field. */
const SEARCH_FROM = 12;

/** Who waits, raised hands in their order, then everybody. */
export function People() {
  const { t } = useTranslation('panels');
  const send = useSend();
  const participants = useMeeting((state) => state.participants);
  const me = useMeeting((state) => state.me);
  const room = useMeeting((state) => state.room);
  const [wanted, setWanted] = useState('');
  const { moderate } = room.capabilities;
  const people = useMemo(() => visiblePeople(participants).map(faceOfPerson), [participants]);
  const self = { ...faceOfSelf(me, room), name: t('me', { name: me.name }) };
  const found = [self, ...people].filter((face) => holds(face.name, wanted));
  const hands = found.filter((face) => face.hand !== null).sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0));
  const rest = found.filter((face) => face.hand === null);
  const audible = people.some((face) => !face.muted);
  return (
    <div className={style.body}>
      {moderate && <Waiting />}
      {people.length + 1 >= SEARCH_FROM && (
        <input
          type="search"
          className={style.find}
          value={wanted}
          aria-label={t('find')}
          placeholder={t('find')}
          onChange={(event) => setWanted(event.target.value)}
          data-testid="find-person"
        />
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
          {hands.map((face) => (
            <Row key={face.kind + face.id} face={face} />
          ))}
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
          {rest.map((face) => (
            <Row key={face.kind + face.id} face={face} />
          ))}
        </Group>
      )}
      {found.length === 0 && <p className={style.empty}>{t('nobodyFound')}</p>}
    </div>
  );
}

/** Accents and case do not matter in a search. */
export function holds(name: string, wanted: string): boolean {
  const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain(name).includes(plain(wanted.trim()));
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

function Row({ face }: { face: Face }) {
  const { t } = useTranslation(['panels', 'stage']);
  const state = face.muted ? 'off' : face.speaking ? 'speaking' : 'on';
  const Icon = { off: MicOff, speaking: AudioLines, on: Mic }[state];
  const interprets = useInterpreterKey() === personKey(face.id) && face.kind === 'person';
  const tag = interprets ? 'interpreter' : face.tag;
  return (
    <li className={style.person} data-testid="person" data-participant={face.id}>
      <Avatar id={face.id} name={face.name} className={style.avatar} />
      <span className={style.name}>
        {face.name}
        {tag !== null && <span className="unseen">, </span>}
        {tag !== null && <small>{t(`stage:tag.${tag}`)}</small>}
      </span>
      {face.hand !== null && <HandFlag face={face} rank={face.hand} />}
      <Icon aria-hidden="true" data-state={state} />
      <span className="unseen">{t(state === 'off' ? 'panels:microphoneOff' : state === 'on' ? 'panels:microphoneOn' : 'panels:speaking')}</span>
      {face.kind === 'person' && <RowMenu face={face} />}
    </li>
  );
}

/** The rank; a key that lowers the hand, for ourselves and for moderators. */
function HandFlag({ face, rank }: { face: Face; rank: number }) {
  const { t } = useTranslation('panels');
  const send = useSend();
  const moderate = useMeeting((state) => state.room.capabilities.moderate);
  const own = face.kind === 'self';
  const inside = (
    <>
      <Hand aria-hidden="true" />
      <span aria-hidden="true">{rank}</span>
    </>
  );
  const said = t('handRank', { rank });
  if (!own && !moderate)
    return (
      <span className={style.hand}>
        {inside}
        <span className="unseen">{said}</span>
      </span>
    );
  const lowers = own ? t('lowerMine') : t('lowerName', { name: face.name });
  return (
    <AriaButton
      className={style.hand ?? ''}
      aria-label={`${said}. ${lowers}`}
      onPress={() => send(own ? { kind: 'raise_hand', up: false } : { kind: 'lower_hand', participant: face.id })}
      data-testid="lower-hand"
    >
      {inside}
      <X aria-hidden="true" />
    </AriaButton>
  );
}

function RowMenu({ face }: { face: Face }) {
  const { t } = useTranslation('panels');
  const items = usePersonItems(face.id);
  const label = t('menuOf', { name: face.name });
  return (
    <MenuTrigger>
      <Button icon size="small" aria-label={label} data-testid="person-menu">
        <MoreHorizontal aria-hidden="true" />
      </Button>
      <Popover placement="bottom end">
        <Menu aria-label={label}>{items}</Menu>
      </Popover>
    </MenuTrigger>
  );
}
