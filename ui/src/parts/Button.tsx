import type { ReactNode, RefAttributes } from 'react';
import { Button as AriaButton, type ButtonProps } from 'react-aria-components';
import { classes } from './classes';
import style from './parts.module.css';

export type Look = 'primary' | 'secondary' | 'ghost' | 'danger';

interface Props extends RefAttributes<HTMLButtonElement>, Omit<ButtonProps, 'className' | 'children' | 'style'> {
  look?: Look;
  size?: 'small' | 'normal' | 'big';
  /** Only an icon inside; needs an `aria-label`. */
  icon?: boolean;
  wide?: boolean;
  /** What it asks for runs already: it keeps the focus, and a press does nothing. */
  busy?: boolean;
  children: ReactNode;
}

const NOTHING = () => undefined;

/** A button on a surface. */
export function Button({ look = 'ghost', size = 'normal', icon = false, wide = false, busy = false, children, ...rest }: Props) {
  return (
    <AriaButton
      {...rest}
      {...(busy ? { 'aria-disabled': true, 'data-busy': '', onPress: NOTHING } : {})}
      className={classes(
        style.button,
        style[look],
        size !== 'normal' && style[size],
        icon && style.icon,
        wide && style.wide,
      )}
    >
      {children}
    </AriaButton>
  );
}
