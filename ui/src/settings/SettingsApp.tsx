import { useTranslation } from 'react-i18next';
import { useSayNotKept } from '../calendar/not-kept';
import { RulesDialog } from '../policy/RulesDialog';
import { SideApp, type SideProps, useSideWindow } from '../side/SideApp';
import { SupportDialog } from '../support/SupportDialog';
import { SettingsView } from './SettingsView';

/** The window of settings. */
export function SettingsApp(props: SideProps) {
  return (
    <SideApp {...props}>
      <Inside />
    </SideApp>
  );
}

function Inside() {
  const { t } = useTranslation('settings');
  useSideWindow(t('window'), (engine, title) => engine.openSettings(null, title));
  useSayNotKept();
  return (
    <>
      <SettingsView />
      <RulesDialog />
      <SupportDialog />
    </>
  );
}
