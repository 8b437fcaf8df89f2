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
  children: ReactNode;
}

/** A button on a surface. */
export function Button({ look = 'ghost', size = 'normal', icon = false, wide = false, children, ...rest }: Props) {
  return (
    <AriaButton
      {...rest}
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
