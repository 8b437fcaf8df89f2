import type { Issue } from '../engine/contract';

/** What the sharing of this computer is called where a server or the organisation refuses it. */
const ASKED = ['start_share', 'share_sound'];
const SENT = ['screen_share', 'screen_share_audio'];

/** Whether an issue is about what we share: its end, a refusal, its sound. Pure. */
export function concernsShare({ code, params }: Issue): boolean {
  if (code === 'VIS-CALL-ACTION-49') return ASKED.includes(params['action'] ?? '');
  if (code === 'VIS-MED-PUBLISH-71') return SENT.includes(params['source'] ?? '');
  return code === 'VIS-SHARE-CLOSED-61' || code === 'VIS-SHARE-DENIED-60';
}

/** Whether an issue says that nobody sees our share, and that this was not our own doing. Pure. */
export function endsShare(issue: Issue): boolean {
  const { params } = issue;
  // The picture goes on without its sound; and whoever chose nothing knows it.
  if (params['action'] === 'share_sound' || params['source'] === 'screen_share_audio') return false;
  return concernsShare(issue) && params['cause'] !== 'sound' && params['cause'] !== 'declined';
}

/** Why nobody sees our share any more; `null` while we share, and where nothing ended by itself. Pure. */
export function endOfShare({ sharing, issues }: { sharing: { active: unknown }; issues: readonly Issue[] }): Issue | null {
  return sharing.active === null ? (issues.find(endsShare) ?? null) : null;
}
