import { Check, X } from 'lucide-react';
import { type ReactNode, useContext } from 'react';
import {
  Dialog as AriaDialog,
  Heading,
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  type MenuItemProps,
  type MenuProps,
  Modal,
  ModalOverlay,
  type ModalOverlayProps,
  OverlayTriggerStateContext,
  Popover as AriaPopover,
  type PopoverProps,
} from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useCover } from '../stage/covers';
import { Button } from './Button';
import { End } from './End';
import { TakesPlace, useGiveWay } from './give-way';
import style from './parts.module.css';

/** A popover that the presenter knows of. It closes where a dialog opens, by a key or because somebody asks from outside. */
export function Popover(props: Omit<PopoverProps, 'className' | 'style'>) {
  const trigger = useContext(OverlayTriggerStateContext);
  useGiveWay(() => {
    // What is around one that is opened from outside may be a dialog.
    if (props.isOpen !== undefined) return props.isOpen && props.onOpenChange?.(false);
    if (trigger?.isOpen === true) trigger.close();
  });
  return <AriaPopover {...props} ref={useCover()} className={style.popover ?? ''} />;
}

export function Menu<T extends object>(props: Omit<MenuProps<T>, 'className' | 'style'>) {
  return <AriaMenu {...props} className={style.menu ?? ''} />;
}

interface ItemProps extends Omit<MenuItemProps, 'className' | 'style' | 'children'> {
  icon?: ReactNode;
  /** The key that does the same. */
  keys?: string | undefined;
  children: string;
  'data-testid'?: string;
}

export function MenuItem({ icon, keys, children, ...rest }: ItemProps) {
  return (
    <AriaMenuItem textValue={children} {...rest} className={style.item ?? ''}>
      {({ selectionMode }) => (
        <>
          {icon}
          <span className={style.itemBody}>
            <span className={style.itemText}>{children}</span>
            {keys !== undefined && keys !== '' && <span className={style.itemKeys}>{keys}</span>}
          </span>
          {selectionMode !== 'none' && <Check aria-hidden="true" className={style.tick} />}
        </>
      )}
    </AriaMenuItem>
  );
}

interface DialogProps extends Omit<ModalOverlayProps, 'className' | 'style' | 'children'> {
  title: string;
  /** It has a part of its own that scrolls: title and keys stay where they are. */
  steady?: boolean;
  children: ReactNode;
}

/** A modal dialog with a title and a key that closes it. */
export function Dialog({ title, steady = false, children, ...rest }: DialogProps) {
  const { t } = useTranslation();
  const cover = useCover<HTMLDivElement>();
  return (
    <ModalOverlay isDismissable {...rest} className={style.backdrop ?? ''}>
      <Modal className={steady ? `${style.dialog} ${style.steady}` : (style.dialog ?? '')} ref={cover}>
        <AriaDialog className={style.dialogBody ?? ''}>
          {({ close }) => (
            <>
              <TakesPlace />
              <div className={style.dialogHead}>
                <Heading slot="title" level={2}>
                  {title}
                </Heading>
                <Button icon size="small" aria-label={t('close')} onPress={close}>
                  <X aria-hidden="true" />
                </Button>
              </div>
              {children}
              <End scroller={style.dialog ?? ''} />
            </>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
