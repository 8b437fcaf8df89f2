import { act, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { issue } from '../engine/fake/world';
import { expectAccessible, open } from './render';

type Opened = Awaited<ReturnType<typeof open>>;
const code = () => screen.getByTestId('banner').dataset['code'];
const tell = ({ engine }: Opened, ...issues: ReturnType<typeof issue>[]) => act(() => engine.patch({ key: 'issues', value: issues }));

const NO_OUTPUT = issue('VIS-OUT-NONE-58', 'choose_device');
const NO_MICROPHONE = issue('VIS-MIC-NONE-50', 'choose_device');
const WEAK = issue('VIS-NET-POOR-22', 'none');
const CLOSED = issue('VIS-SHARE-CLOSED-61', 'share_else', { kind: 'window' });
const REFUSED = issue('VIS-CALL-ACTION-49', 'none', { action: 'start_share', cause: 'policy' });

describe('the bar of what we share', () => {
  it('stands before messages that can wait, with stop and pause', async () => {
    const opened = await open('call-sharing');
    tell(opened, NO_OUTPUT, issue('VIS-CAM-STOP-59', 'retry'));
    expect(code()).toBe('sharing');
    expect(screen.getByTestId('pause-share')).toBeVisible();
    expect(screen.getByRole('button', { name: /2 autres/ })).toHaveTextContent('+2');
    await opened.user.click(screen.getByTestId('stop-share'));
    expect(opened.sent('stop_share')).toHaveLength(1);
    expect(code()).toBe('VIS-OUT-NONE-58');
  });

  it('comes after what is heard, and a weak network', async () => {
    const opened = await open('call-sharing');
    tell(opened, NO_OUTPUT, WEAK, NO_MICROPHONE);
    expect(code()).toBe('VIS-MIC-NONE-50');
    tell(opened, NO_OUTPUT, WEAK);
    expect(code()).toBe('VIS-NET-POOR-22');
  });

  it.each([CLOSED, REFUSED])('says before all else why it is over: $code', async (why) => {
    const opened = await open('call-sharing');
    act(() => opened.engine.patch({ key: 'sharing', value: { ...opened.engine.snapshot.sharing, active: null } }));
    tell(opened, NO_OUTPUT, why);
    expect(code()).toBe(why.code);
  });
});

describe('the key of sharing', () => {
  it('is the one that stops while something is shared, by its word and its sign', async () => {
    const { engine, user, sent } = await open('call-sharing');
    const key = screen.getByTestId('toggle-share');
    expect(key).toHaveTextContent(/^Arrêter$/);
    expect(key).toHaveAccessibleName('Arrêter le partage');
    // A word that changes is not pressed as well.
    expect(key).not.toHaveAttribute('aria-pressed');
    expect(key.querySelector('.lucide-screen-share-off')).not.toBeNull();
    await expectAccessible();
    // What is shared can be stopped, also by whoever may not begin again.
    const { room } = engine.snapshot;
    act(() => engine.patch({ key: 'room', value: { ...room, capabilities: { ...room.capabilities, publish_screen: false } } }));
    act(() => key.focus());
    await user.keyboard('{Enter}');
    expect(sent('stop_share')).toHaveLength(1);
    expect(screen.queryByTestId('toggle-share')).toBeNull();
    act(() => engine.patch({ key: 'room', value: room }));
    expect(screen.getByTestId('toggle-share')).toHaveTextContent(/^Partager$/);
    expect(screen.getByTestId('toggle-share')).toHaveAccessibleName('Partager');
  });

  it('is in the menu of a small window', async () => {
    const { user, sent } = await open('call-sharing');
    const toolbar = document.querySelector('[data-region="toolbar"]') ?? document.body;
    Object.defineProperty(toolbar, 'clientWidth', { value: 560 });
    act(() => void window.dispatchEvent(new Event('resize')));
    expect(screen.queryByTestId('toggle-share')).toBeNull();
    await user.click(screen.getByTestId('more'));
    const item = await screen.findByTestId('more-share');
    expect(item).toHaveTextContent('Arrêter le partage');
    expect(item.querySelector('.lucide-screen-share-off')).not.toBeNull();
    await user.click(item);
    expect(sent('stop_share')).toHaveLength(1);
  });
});
