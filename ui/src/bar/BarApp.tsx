import { useLook } from '../look/useLook';
import { SecondWindow, type WindowProps } from '../stage/SecondWindow';
import { BarView } from './BarView';

/** The bar over other windows. The shell opens it while the meeting's window is not to be seen. */
export function BarApp(props: WindowProps) {
  return (
    <SecondWindow {...props}>
      <Inside />
    </SecondWindow>
  );
}

function Inside() {
  useLook();
  return <BarView />;
}
