import { concernsAccount } from '../account/account';
import type { Issue } from '../engine/contract';

/** Device issues belong to pre-join, accounts have notes of their own; here only the way to the meeting counts. */
export function concernsLink(issue: Issue): boolean {
  return /^VIS-(JOIN|NET|SRV|CAL|INT)-/.test(issue.code) && !concernsAccount(issue);
}
