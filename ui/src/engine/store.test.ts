import { expect, it, vi } from 'vitest';
import { fakeEngine } from './fake/engine';
import { followEngine } from './store';

it('follows batches', async () => {
  const engine = fakeEngine({ scenario: 'call-2' });
  const store = await followEngine(engine);
  engine.patch({ key: 'participant_gone', value: 'sofia' });
  expect(store.getState().participants).toEqual({});
  expect(store.getState()).toEqual(engine.snapshot);
});

it('subscribes again after a gap, once, and is right again', async () => {
  const engine = fakeEngine({ scenario: 'call-2' });
  const again = vi.spyOn(engine, 'resubscribe');
  const store = await followEngine(engine);
  engine.lose({ key: 'participant_gone', value: 'sofia' });
  engine.patch({ key: 'phase', value: { kind: 'home' } });
  expect(again).toHaveBeenCalledTimes(1);
  expect(store.getState()).toEqual(engine.snapshot);
});
