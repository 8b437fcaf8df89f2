import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CalendarDialog } from '../calendar/CalendarDialog';
import { useFault, useNotKept } from '../calendar/fault';
import { useMeeting } from '../engine/context';
import { AccountNotes } from '../home/AccountNotes';
import { Servers } from '../home/Servers';
import { Button } from '../parts/Button';
import { NameField } from '../parts/NameField';
import { Row, useSaid } from './Row';

export function AccountsPage() {
  const none = useMeeting((state) => state.home.servers.length === 0);
  const { t } = useTranslation('settings');
  return (
    <>
      <Row id="name" plain>
        <Name />
      </Row>
      <Row id="servers" plain wide {...(none ? { hint: t('noServer') } : {})}>
        <AccountNotes />
        <Servers headed={false} />
      </Row>
      <Calendar />
    </>
  );
}

function Name() {
  return <NameField label={useSaid()} />;
}

function Calendar() {
  const { t } = useTranslation('settings');
  const [open, setOpen] = useState(false);
  const { place, reading } = useMeeting((state) => state.home.calendar);
  const words = useFault();
  const said = [place?.name, reading.kind === 'failed' ? words(reading.fault) : null, useNotKept()];
  const hint = place === null ? undefined : said.filter(Boolean).join(' · ');
  return (
    <Row id="calendar" plain {...(hint === undefined ? {} : { hint })}>
      <Button look="secondary" onPress={() => setOpen(true)} data-testid="set-calendar">
        {t(place === null ? 'calendarConnect' : 'calendarOpen')}
      </Button>
      <CalendarDialog isOpen={open} onOpenChange={setOpen} />
    </Row>
  );
}
