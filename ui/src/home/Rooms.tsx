import { Copy, DoorOpen, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { accountName, signedIn } from '../account/account';
import { useMeeting, useSend } from '../engine/context';
import type { AccountView, OwnRoomView, ServerView } from '../engine/contract';
import { copyText } from '../error/actions';
import { invitationText, spacedPin } from '../panels/invitation';
import { Button } from '../parts/Button';
import { classes } from '../parts/classes';
import parts from '../parts/parts.module.css';
import { useOutcome } from '../parts/useOutcome';
import style from './home.module.css';

/** A code stays on one line. */
const UNBROKEN = '\u00a0';

/** So many rooms are shown before somebody asks for more. */
const SHOWN = 5;

/** Our rooms, server by server, each under the identity that they belong to. */
export function Rooms() {
  const { t } = useTranslation('home');
  const servers = signedIn(useMeeting((state) => state.home.servers));
  if (servers.length === 0) return null;
  return (
    <section className={style.rooms} aria-labelledby="home-rooms">
      <h2 id="home-rooms" className={style.heading}>
        {t('rooms')}
      </h2>
      <div className={style.roomCards}>
        {servers.map((server) => (
          <OfServer key={server.host} server={server} />
        ))}
      </div>
    </section>
  );
}

function OfServer({ server }: { server: ServerView & { account: AccountView } }) {
  const { t } = useTranslation(['home', 'account']);
  const send = useSend();
  const [all, setAll] = useState(false);
  const { outcome, turn, tell } = useOutcome<string>();
  const { host, rooms, account, making_room } = server;
  const failed = useMeeting((state) =>
    state.issues.some(({ code, params }) => code === 'VIS-CALL-ACTION-49' && params['action'] === 'read_rooms' && (params['host'] ?? host) === host),
  );
  const words = rooms === null ? t(failed ? 'home:roomsNotRead' : 'home:roomsReading') : rooms.length === 0 ? t('home:roomsNone') : null;
  return (
    <section className={classes(parts.card, style.roomCard)} aria-label={t('home:roomsOn', { host })} data-testid="rooms" aria-busy={rooms === null && !failed}>
      <div className={style.roomHead}>
        <div className={style.knownText}>
          <h3 className={style.deviceName}>{host}</h3>
          <div className={style.deviceKind}>{t('account:in', { name: accountName(account) })}</div>
        </div>
        <Button
          icon
          size="small"
          aria-label={t('home:roomsRefresh', { host })}
          onPress={() => send({ kind: 'read_rooms', host })}
          data-testid="refresh-rooms"
        >
          <RefreshCw aria-hidden="true" />
        </Button>
      </div>
      <p role="status" className={style.deviceKind}>
        {making_room ? t('home:newMaking') : (words ?? (outcome !== null && <span key={turn}>{outcome}</span>))}
      </p>
      {rooms !== null && rooms.length > 0 && (
        <ul role="list">
          {(all ? rooms : rooms.slice(0, SHOWN)).map((room) => (
            <Room key={room.link} room={room} onOutcome={tell} />
          ))}
        </ul>
      )}
      {rooms !== null && rooms.length > SHOWN && (
        <Button size="small" aria-expanded={all} onPress={() => setAll(!all)} data-testid="all-rooms">
          {all ? t('home:roomsFewer') : t('home:roomsAll', { count: rooms.length })}
        </Button>
      )}
    </section>
  );
}

function Room({ room: { name, link, access, pin }, onOutcome }: { room: OwnRoomView; onOutcome: (text: string | null) => void }) {
  const { t } = useTranslation(['home', 'meeting']);
  const send = useSend();
  const copy = () => {
    const text = invitationText(
      { link, phone: null, pin },
      {
        title: t('meeting:textTitle', { room: name }),
        link: (address) => t('meeting:textLink', { link: address }),
        phone: (phone) => t('meeting:textPhone', { phone }),
        pin: (digits) => t('home:roomPin', { pin: digits }),
      },
    );
    onOutcome(null);
    void copyText(text).then((done) => onOutcome(done ? t('home:roomCopied', { room: name }) : t('home:roomCopyFailed')));
  };
  return (
    <li className={style.knownRow} data-testid="room">
      <div className={style.knownText}>
        <div className={style.deviceName}>{name}</div>
        {access !== null && <div className={style.deviceKind}>{t(`home:roomAccess.${access}`)}</div>}
        {pin !== null && <div className={style.deviceKind}>{t('home:roomPin', { pin: `${spacedPin(pin)} #`.replaceAll(' ', UNBROKEN) })}</div>}
      </div>
      <Button icon size="small" aria-label={t('home:roomOpen', { room: name })} onPress={() => send({ kind: 'open_link', text: link })} data-testid="open-room">
        <DoorOpen aria-hidden="true" />
      </Button>
      <Button icon size="small" aria-label={t('home:roomCopy', { room: name })} onPress={copy} data-testid="copy-room">
        <Copy aria-hidden="true" />
      </Button>
    </li>
  );
}
