import { AudioLines, Hand, Mic, MicOff } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { Avatar } from '../parts/Avatar';
import { type Face, faceOfPerson, faceOfSelf, visiblePeople } from '../stage/model';
import style from './panels.module.css';

/** From this many people on there is a search field. */
const SEARCH_FROM = 12;

/** Raised hands in their order, then everybody. */
export function People() {
  const { t } = useTranslation('panels');
  const participants = useMeeting((state) => state.participants);
  const me = useMeeting((state) => state.me);
  const room = useMeeting((state) => state.room);
  const [wanted, setWanted] = useState('');
  const people = useMemo(() => visiblePeople(participants).map(faceOfPerson), [participants]);
  const self = { ...faceOfSelf(me, room), name: t('me', { name: me.name }) };
  const found = [self, ...people].filter((face) => holds(face.name, wanted));
  const hands = found.filter((face) => face.hand !== null).sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0));
  const rest = found.filter((face) => face.hand === null);
  return (
    <div className={style.body}>
      {people.length + 1 >= SEARCH_FROM && (
        <input
          type="search"
          className={style.find}
          value={wanted}
          aria-label={t('find')}
          placeholder={t('find')}
          onChange={(event) => setWanted(event.target.value)}
        />
      )}
      {hands.length > 0 && (
        <Group title={t('hands')}>
          {hands.map((face) => (
            <Row key={face.id} face={face} />
          ))}
        </Group>
      )}
      {rest.length > 0 && (
        <Group title={t('inMeeting', { count: rest.length })}>
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

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <h3 className={style.title}>{title}</h3>
      <ul>{children}</ul>
    </>
  );
}

function Row({ face }: { face: Face }) {
  const { t } = useTranslation(['panels', 'stage']);
  const state = face.muted ? 'off' : face.speaking ? 'speaking' : 'on';
  const Icon = { off: MicOff, speaking: AudioLines, on: Mic }[state];
  return (
    <li className={style.person} data-testid="person" data-participant={face.id}>
      <Avatar id={face.id} name={face.name} className={style.avatar} />
      <span className={style.name}>
        {face.name}
        {face.tag !== null && <small>{t(`stage:tag.${face.tag}`)}</small>}
      </span>
      {face.hand !== null && (
        <span className={style.hand}>
          <Hand aria-hidden="true" />
          <span aria-hidden="true">{face.hand}</span>
          <span className="unseen">{t('panels:handRank', { rank: face.hand })}</span>
        </span>
      )}
      <Icon aria-hidden="true" data-state={state} />
      <span className="unseen">{t(state === 'off' ? 'panels:microphoneOff' : state === 'on' ? 'panels:microphoneOn' : 'panels:speaking')}</span>
    </li>
  );
}
