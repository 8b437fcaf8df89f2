import { useLayoutEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useTabRound } from '../a11y/tab-round';
import { useEngine } from '../engine/context';
import { useLook } from '../look/useLook';
import { SecondWindow, type WindowProps } from '../stage/SecondWindow';
import { ShareView } from './ShareView';

/** The window of the shared content. The shell opens it, and closes it when nobody shares any more. */
export function ShareApp(props: WindowProps) {
  return (
    <SecondWindow {...props}>
      <Inside />
    </SecondWindow>
  );
}

function Inside() {
  const { t } = useTranslation('stage');
  const engine = useEngine();
  const title = t('shareTitle');
  useLook();
  useTabRound();
  useLayoutEffect(() => {
    document.title = title;
    // The shell has named it in the language in which it was opened.
    void engine.setTitle(title).catch(() => undefined);
  }, [engine, title]);
  return <ShareView />;
}
