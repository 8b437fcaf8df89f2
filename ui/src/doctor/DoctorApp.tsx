import { useTranslation } from 'react-i18next';
import { SideApp, type SideProps, useSideWindow } from '../side/SideApp';
import { DoctorView } from './DoctorView';

/** The window of the network doctor. */
export function DoctorApp(props: SideProps) {
  return (
    <SideApp {...props}>
      <Inside />
    </SideApp>
  );
}

function Inside() {
  const { t } = useTranslation('doctor');
  useSideWindow(t('window'), (engine, title) => engine.openDoctor(title));
  return <DoctorView />;
}
