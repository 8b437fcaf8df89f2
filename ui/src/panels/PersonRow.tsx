import { X } from 'lucide-react';
import type { TFunction } from 'i18next';
import { type KeyboardEvent, memo, type MouseEvent, useId } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useSend } from '../engine/context';
import { Avatar } from '../parts/Avatar';
import { classes } from '../parts/classes';
import parts from '../parts/parts.module.css';
import type { Face } from '../stage/model';
import style from './panels.module.css';
import { RowIcon } from './row-icons';
import type { First } from './RowMenu';

/** Handed down: a hundred rows that each look for their texts are slow. */
type Texts = TFunction<['panels', 'stage']>;

interface Props {
  face: Face;
  /** Their hands speak. */
  interprets: boolean;
  /** We may lower their hand. */
  moderates: boolean;
  /** Their menu is open. */
  open: boolean;
  /** Opens their menu, at this key. */
  onMenu(id: string, key: HTMLElement, first: First): void;
  t: Texts;
}

/**
 * Somebody in the list: rendered again only where something about them changed.
 *
 * What is seen is read as one sentence: in pieces, a screen reader makes no pauses between them.
 */
export const PersonRow = memo(function PersonRow({ face, interprets, moderates, open, onMenu, t }: Props) {
  const id = useId();
  const own = face.kind === 'self';
  const lowers = face.hand !== null && (moderates || own);
  // Whoever has no key is read by the row itself.
  const isStop = own && !lowers;
  const state = face.muted ? 'off' : face.speaking ? 'speaking' : 'on';
  const tag = interprets ? 'interpreter' : face.tag;
  const said = [
    own ? t('panels:me', { name: face.name }) : face.name,
    tag === null ? null : t(`stage:tag.${tag}`),
    // A key says it itself.
    face.hand === null || lowers ? null : t('panels:handRank', { rank: face.hand }),
    t(state === 'off' ? 'panels:microphoneOff' : state === 'on' ? 'panels:microphoneOn' : 'panels:speaking'),
  ];
  return (
    <li
      className={style.person}
      aria-labelledby={id}
      data-testid="person"
      data-participant={face.id}
      data-self={own || undefined}
      {...(isStop ? { tabIndex: -1, 'data-stop': '' } : {})}
    >
      <Avatar id={face.id} name={face.name} className={style.avatar} />
      <span id={id} className="unseen">
        {said.filter((part) => part !== null).join(', ')}
      </span>
      <span className={style.name} aria-hidden="true">
        <span className={style.nameText}>{face.name}</span>
        {own && <small className={style.meMark}>{t('panels:meMark')}</small>}
        {tag !== null && <small>{t(`stage:tag.${tag}`)}</small>}
      </span>
      {face.hand !== null && (lowers ? <HandKey face={face} rank={face.hand} t={t} /> : <span className={style.hand}>{flag(face.hand)}</span>)}
      <RowIcon of={state} />
      {face.kind === 'person' && <MenuKey face={face} open={open} onMenu={onMenu} t={t} />}
    </li>
  );
});

function flag(rank: number) {
  return (
    <>
      <RowIcon of="hand" />
      <span aria-hidden="true">{rank}</span>
    </>
  );
}

/** Lowers the hand, for ourselves and for moderators. */
function HandKey({ face, rank, t }: { face: Face; rank: number; t: Texts }) {
  const send = useSend();
  const own = face.kind === 'self';
  const lowers = own ? t('panels:lowerMine') : t('panels:lowerName', { name: face.name });
  return (
    <AriaButton
      className={style.hand ?? ''}
      aria-label={`${t('panels:handRank', { rank })}. ${lowers}`}
      onPress={() => send(own ? { kind: 'raise_hand', up: false } : { kind: 'lower_hand', participant: face.id })}
      excludeFromTabOrder
      data-stop=""
      data-testid="lower-hand"
    >
      {flag(rank)}
      <X aria-hidden="true" />
    </AriaButton>
  );
}

/** Arrows alone go from row to row. */
const OPENS: readonly string[] = ['Enter', ' '];

/** A plain button, because there are as many as people; it opens the list's one menu. */
function MenuKey({ face, open, onMenu, t }: Pick<Props, 'face' | 'open' | 'onMenu' | 't'>) {
  const keyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!OPENS.includes(event.key) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    // No click follows: it would count as a pointer's, and no item would have the focus.
    event.preventDefault();
    onMenu(face.id, event.currentTarget, 'first');
  };
  const click = ({ currentTarget, detail }: MouseEvent<HTMLElement>) => onMenu(face.id, currentTarget, detail === 0 ? 'first' : true);
  return (
    <button
      type="button"
      className={classes(parts.button, parts.ghost, parts.small, parts.icon, style.menuKey)}
      aria-label={t('panels:menuOf', { name: face.name })}
      aria-haspopup="menu"
      aria-expanded={open}
      tabIndex={-1}
      data-stop=""
      onKeyDown={keyDown}
      onClick={click}
      data-testid="person-menu"
    >
      <RowIcon of="menu" />
    </button>
  );
}
