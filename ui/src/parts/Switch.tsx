import { Switch as AriaSwitch, type SwitchProps } from 'react-aria-components';
import style from './parts.module.css';

/** A switch that has its words elsewhere (`aria-labelledby`). */
export function Switch(props: Omit<SwitchProps, 'className' | 'style' | 'children'> & { 'data-testid'?: string }) {
  return (
    <AriaSwitch {...props} className={style.switch ?? ''}>
      <span className={style.track}>
        <span className={style.knob} />
      </span>
    </AriaSwitch>
  );
}
