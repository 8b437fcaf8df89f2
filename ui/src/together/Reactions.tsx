import type { KeyboardEvent, RefObject } from 'react';
import { Button, Dialog } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { digitOf } from '../digits';
import { useSend } from '../engine/context';
import type { Reaction } from '../engine/contract';
import { Popover } from '../parts/overlays';
import { useUi, useUiStore } from '../ui-state';
import { ReactionIcon } from './Icon';
import { REACTIONS } from './reactions';
import style from './together.module.css';

/** The eight reactions over the key that `anchor` is; keys 1 to 8 throw them. */
export function Reactions({ anchor }: { anchor: RefObject<HTMLElement | null> }) {
  const { t } = useTranslation('together');
  const ui = useUiStore();
  const send = useSend();
  const open = useUi((state) => state.reactionsOpen);
  const close = () => ui.setState({ reactionsOpen: false });
  const react = (reaction: Reaction) => {
    send({ kind: 'react', reaction });
    close();
  };
  const keyDown = (event: KeyboardEvent) => {
    const digit = digitOf(event.nativeEvent);
    const reaction = digit === null ? undefined : REACTIONS[digit - 1];
    if (reaction === undefined) return;
    event.preventDefault();
    react(reaction);
  };
  return (
    <Popover triggerRef={anchor} placement="top" isOpen={open} onOpenChange={(next) => ui.setState({ reactionsOpen: next })}>
      <Dialog className={style.reactions ?? ''} aria-label={t('reactions')}>
        <div className={style.eight} onKeyDown={keyDown}>
          {REACTIONS.map((reaction, at) => (
            <Button
              key={reaction}
              {...(at === 0 ? { autoFocus: true } : {})}
              className={style.reaction ?? ''}
              onPress={() => react(reaction)}
              aria-keyshortcuts={String(at + 1)}
              data-testid={`react-${reaction}`}
            >
              <ReactionIcon reaction={reaction} />
              {t(`reaction.${reaction}`)}
              <kbd aria-hidden="true">{at + 1}</kbd>
            </Button>
          ))}
        </div>
        <p className={style.help}>{t('reactionsHelp')}</p>
      </Dialog>
    </Popover>
  );
}
