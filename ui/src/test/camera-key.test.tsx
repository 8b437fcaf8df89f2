import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { expectAccessible, open, openBar } from './render';

it('looks off where no camera is there, and says so', async () => {
  const { engine, user, sent } = await open('call-2');
  const key = screen.getByTestId('toggle-camera');
  expect(key).toHaveAttribute('aria-pressed', 'true');
  const { me } = engine.snapshot;
  act(() => engine.patch({ key: 'me', value: { ...me, camera_on: true, seeing: 'no_device' } }));
  expect(key).toHaveAttribute('aria-pressed', 'false');
  expect(key).toHaveAccessibleDescription('Aucune caméra');
  expect(key.querySelector('.lucide-video-off')).not.toBeNull();
  await expectAccessible();
  await user.click(key);
  expect(sent('set_camera_on').at(-1)).toEqual({ kind: 'set_camera_on', on: false });
  act(() => engine.patch({ key: 'me', value: { ...me, camera_on: true, seeing: 'connecting', preview: { kind: 'failed', code: 'VIS-CAM-BUSY-57' } } }));
  expect(key).toHaveAccessibleDescription('Caméra indisponible');
  act(() => engine.patch({ key: 'me', value: { ...me, camera_on: false } }));
  expect(key).not.toHaveAccessibleDescription();
});

it('looks off in the bar over other windows too, and is turned off by its press', async () => {
  const { engine, user } = await openBar('call-2');
  const key = screen.getByTestId('bar-camera');
  expect(key).not.toHaveAttribute('data-off');
  const { me } = engine.snapshot;
  act(() => engine.patch({ key: 'me', value: { ...me, camera_on: true, seeing: 'no_device' } }));
  expect(key).toHaveAttribute('data-off');
  expect(key.querySelector('.lucide-video-off')).not.toBeNull();
  expect(key).toHaveAccessibleName('Couper la caméra');
  expect(key).toHaveAccessibleDescription('Aucune caméra');
  await expectAccessible();
  await user.click(key);
  expect(engine.sent.filter(({ kind }) => kind === 'set_camera_on').at(-1)).toEqual({ kind: 'set_camera_on', on: false });
  act(() => engine.patch({ key: 'me', value: { ...me, camera_on: true, seeing: 'connecting', preview: { kind: 'failed', code: 'VIS-CAM-BUSY-57' } } }));
  expect(key).toHaveAccessibleDescription('Caméra indisponible');
  act(() => engine.patch({ key: 'me', value: { ...me, camera_on: false } }));
  expect(key).toHaveAttribute('data-off');
  expect(key).toHaveAccessibleName('Allumer la caméra');
  expect(key).not.toHaveAccessibleDescription();
});
