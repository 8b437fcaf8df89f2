import { expect, it } from 'vitest';
import { issue } from '../engine/fake/world';
import { concernsShare, endOfShare, endsShare } from './ended';

const CLOSED = issue('VIS-SHARE-CLOSED-61', 'share_else', { kind: 'window' });

it('is over where the window is gone, or somebody else does not let it be', () => {
  for (const one of [
    CLOSED,
    issue('VIS-SHARE-CLOSED-61', 'none', { kind: 'window', cause: 'policy' }),
    issue('VIS-SHARE-DENIED-60', 'open_system_settings', { cause: 'system' }),
    issue('VIS-CALL-ACTION-49', 'none', { action: 'start_share', cause: 'policy' }),
    issue('VIS-MED-PUBLISH-71', 'none', { source: 'screen_share', cause: 'stopped' }),
  ])
    expect(endsShare(one), one.code).toBe(true);
});

it('goes on without its sound, and whoever chose nothing is told of no end', () => {
  for (const one of [
    issue('VIS-SHARE-DENIED-60', 'none', { cause: 'sound' }),
    issue('VIS-SHARE-DENIED-60', 'open_system_settings', { cause: 'declined' }),
    issue('VIS-CALL-ACTION-49', 'none', { action: 'share_sound', cause: 'policy' }),
    issue('VIS-MED-PUBLISH-71', 'none', { source: 'screen_share_audio' }),
  ]) {
    expect(concernsShare(one), one.code).toBe(true);
    expect(endsShare(one), one.code).toBe(false);
  }
  for (const one of [issue('VIS-CALL-ACTION-49', 'none', { action: 'start_recording' }), issue('VIS-MED-PUBLISH-71', 'none', { source: 'camera' }), issue('VIS-OUT-NONE-58', 'choose_device')])
    expect(concernsShare(one), one.code).toBe(false);
});

it('is not over while something is shared', () => {
  expect(endOfShare({ sharing: { active: null }, issues: [CLOSED] })).toBe(CLOSED);
  expect(endOfShare({ sharing: { active: {} }, issues: [CLOSED] })).toBeNull();
});
