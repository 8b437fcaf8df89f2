import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import type { AccountView, Issue, ServerView } from '../engine/contract';

/** Who is signed in, as one calls them: the name, or the address where there is none. */
export function accountName({ name, email }: AccountView): string {
  return name.trim() === '' ? email : name;
}

/** Servers where somebody is signed in, in their order. */
export function signedIn(servers: readonly ServerView[]): (ServerView & { account: AccountView })[] {
  return servers.filter((server): server is ServerView & { account: AccountView } => server.sign_in === 'in' && server.account !== null);
}

/** Between *signed out* and *signed in*: nothing to press until it has come to an end. */
export function isUnderWay({ sign_in }: ServerView): boolean {
  return sign_in === 'window' || sign_in === 'asking' || sign_in === 'leaving';
}

/** What is known of a host; `undefined` where nobody named it. */
export function useServer(host: string | undefined): ServerView | undefined {
  return useMeeting((state) => state.home.servers.find((server) => server.host === host));
}

/** The host that an issue speaks of: its own, or that of the link. */
export function useIssueHost(): (issue: Issue) => string | undefined {
  const link = useMeeting((state) => ('link' in state.phase ? state.phase.link?.host : undefined));
  return (issue) => issue.params['host'] ?? link;
}

/** What runs already of an issue's next step, in words; a second press would do it twice. */
export function useUnderWay(issue: Issue): string | null {
  const { t } = useTranslation('account');
  const server = useServer(useIssueHost()(issue));
  if (server === undefined) return null;
  if (issue.action === 'create_room' && server.making_room) return t('making');
  return issue.action === 'sign_in' && isUnderWay(server) ? t(server.sign_in) : null;
}

/** Commands about accounts: what becomes of them has nothing to do with a meeting. */
export const ACCOUNT_ACTIONS: readonly string[] = ['new_room', 'read_rooms', 'sign_out'];

/** Told beside the accounts, not at the link that somebody types. */
export function concernsAccount({ code, params }: Issue): boolean {
  if (code === 'VIS-CALL-ACTION-49') return ACCOUNT_ACTIONS.includes(params['action'] ?? '');
  return code.startsWith('VIS-ACC-') || code === 'VIS-JOIN-SESSION-35';
}
