import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { issue } from '../engine/fake/scenarios';
import { open } from './render';

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

type Opened = Awaited<ReturnType<typeof open>>;

/** With spaces as one types them. */
const plain = (text: string | null) => (text ?? '').replaceAll(/[\u00a0\u202f]/g, ' ');

/** What both regions say from now on, each line once. */
function listen(): string[] {
  const said: string[] = [];
  for (const region of [screen.getByTestId('assertive'), screen.getByTestId('polite')])
    new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => node.isConnected && said.push(plain(node.textContent))))).observe(region, { childList: true });
  return said;
}
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const me = ({ engine }: Opened, change: Partial<Opened['engine']['snapshot']['me']>) => act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, ...change } }));

const SPEAKS = 'Personne ne vous entend : votre micro est coupé.';

describe('an issue', () => {
  it('is said when it comes, behind the notice of a recording too, and never again', async () => {
    const opened = await open('call-recording');
    const { engine, user } = opened;
    await pass(1000);
    me(opened, { microphone_on: false, hearing: 'off' });
    await pass(3000);
    const said = listen();
    act(() => engine.patch({ key: 'issues', value: [...engine.snapshot.issues, issue('VIS-MIC-MUTED-66', 'turn_on_microphone')] }));
    await pass(1000);
    expect(screen.getByTestId('banner')).toHaveAttribute('data-code', 'VIS-REC-ON-62');
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(SPEAKS);
    await user.click(screen.getByTestId('recording-understood'));
    expect(screen.getByTestId('banner')).toHaveAttribute('data-code', 'VIS-MIC-MUTED-66');
    await pass(3000);
    expect(said).toHaveLength(1);
    expect(screen.getByTestId('banner').closest('[role="alert"], [aria-live]')).toBeNull();
  });

  it('says that the microphone is gone, and nothing says it beside', async () => {
    const opened = await open('call-2');
    await pass(1000);
    const said = listen();
    act(() =>
      opened.engine.patch(
        { key: 'issues', value: [issue('VIS-MIC-NONE-50', 'choose_device')] },
        { key: 'me', value: { ...opened.engine.snapshot.me, hearing: 'no_device' } },
      ),
    );
    await pass(3000);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^Aucun micro\. \S/);
  });
});

it('says the entry without a word of a microphone that is still being opened', async () => {
  const { engine } = await open('joining');
  await pass(1000);
  const said = listen();
  const { phase, room, me: own } = engine.snapshot;
  if (phase.kind !== 'joining') throw new Error('not on the way in');
  act(() =>
    engine.patch(
      { key: 'me', value: { ...own, microphone_on: true, hearing: 'no_device' } },
      { key: 'room', value: { ...room, name: 'Archives' } },
      { key: 'phase', value: { kind: 'in_meeting', link: phase.link, reconnecting_for: null } },
    ),
  );
  await pass(1000);
  expect(said).toEqual(['Vous entrez dans la réunion Archives.']);
});

it('says with the entry what holds in there, and no more of how one may come in', async () => {
  const { engine } = await open('joining');
  const { phase } = engine.snapshot;
  if (phase.kind !== 'joining') throw new Error('not on the way in');
  act(() => engine.patch({ key: 'issues', value: [issue('VIS-MIC-NONE-50', 'choose_device')] }));
  await pass(1000);
  const said = listen();
  // Told by the view that is still there then: it never renders inside.
  act(() => engine.patch({ key: 'phase', value: { kind: 'in_meeting', link: phase.link, reconnecting_for: null } }));
  await pass(1000);
  expect(said.join(' ')).toContain('d’ici là, personne ne vous entend.');
  expect(said.join(' ')).not.toContain('entrer sans');
});

it('says the entry and that the meeting is recorded, in this order', async () => {
  await open('call-recording');
  await pass(3000);
  expect(screen.getByTestId('assertive')).toHaveTextContent(/^Vous entrez dans la réunion Point d’équipe numérique, micro allumé\. Cette réunion est enregistrée\.$/);
});

it('leaves what was written to be read where more comes a moment later', async () => {
  const { engine } = await open('call-2');
  await pass(1000);
  const say = (code: 'VIS-NET-UDP-21' | 'VIS-NET-POOR-22') => act(() => engine.patch({ key: 'issues', value: [...engine.snapshot.issues, issue(code, 'none')] }));
  const lines = () => [...screen.getByTestId('assertive').children].map(({ textContent }) => plain(textContent).split('.')[0]);
  say('VIS-NET-UDP-21');
  await pass(100);
  say('VIS-NET-POOR-22');
  expect(lines()).toEqual(['Le réseau bloque la voie rapide ; tout passe par un relais', 'Votre réseau est trop lent pour la vidéo']);
});

it('says the move of a headset, which is two devices, once', async () => {
  const { engine } = await open('call-2');
  await pass(1000);
  const said = listen();
  const moved = (params: Record<string, string>) =>
    act(() => engine.patch({ key: 'issues', value: [issue('VIS-DEV-MOVED-78', 'none', { cause: 'gone', name: 'Jabra', loudspeaker: 'Bureau', ...params })] }));
  moved({ now: 'loudspeaker' });
  await pass(30);
  moved({ now: 'loudspeaker_microphone', microphone: 'Interne' });
  await pass(1000);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/Jabra.*Bureau.*Interne/);
});

it('reads the state of no microphone and no camera as such', async () => {
  const opened = await open('call-2');
  await pass(1000);
  me(opened, { microphone_on: true, hearing: 'no_device', camera_on: true, seeing: 'no_device' });
  await pass(3000);
  const said = listen();
  await opened.user.keyboard('{Control>}{Shift>}y{/Shift}{/Control}');
  await pass(1000);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^Aucun micro\. Pas de caméra\. |^Aucun micro\. Aucune caméra\. /);
  expect(said[0]).not.toMatch(/allumé/);
});

it.each([
  ['where screen readers pass over it', true, 1],
  ['where they read it themselves', false, 0],
])('gives the shell a heading that takes the focus: %s', async (_, announcesHeadings, times) => {
  const { engine } = await open('ended', { shell: { announces: true, announcesHeadings } });
  await pass(1000);
  const title = screen.getByRole('heading', { level: 1 });
  expect(title).toHaveFocus();
  expect(engine.announced.filter((text) => text === title.textContent)).toHaveLength(times);
});

describe('the keys of devices', () => {
  it('say once what they did in pre-join too, where the level tells it as well', async () => {
    const opened = await open('prejoin');
    await pass(3000);
    const said = listen();
    await opened.user.keyboard('{Control>}d{/Control}');
    await pass(4000);
    expect(said).toEqual(['Micro coupé']);
    // Nobody pressed a key here.
    me(opened, { microphone_on: true });
    await pass(4000);
    said.length = 0;
    me(opened, { microphone_on: false });
    await pass(4000);
    expect(said).toEqual(['Micro coupé']);
  });

  it('say once what they did', async () => {
    const opened = await open('call-2');
    await pass(1000);
    const said = listen();
    await opened.user.keyboard('{Control>}d{/Control}');
    await pass(3000);
    expect(said).toEqual(['Micro coupé']);
    // Nobody pressed a key here.
    me(opened, { microphone_on: true, hearing: 'heard' });
    await pass(3000);
    me(opened, { microphone_on: false, hearing: 'off' });
    await pass(3000);
    expect(said).toEqual(['Micro coupé', 'On vous entend', 'Micro coupé']);
  });

  it('say nothing that the engine did not do, and its word once it has', async () => {
    const { engine, user, sent } = await open('call-2');
    await pass(1000);
    act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, camera_on: false, seeing: 'off' } }));
    const said = listen();
    engine.refuse('set_camera_on', issue('VIS-CALL-ACTION-49', 'none', { action: 'set_camera_on', cause: 'failed' }));
    await user.keyboard('{Control>}e{/Control}');
    await pass(3000);
    expect(sent('set_camera_on')).toHaveLength(1);
    expect(said).toEqual([]);
    await user.keyboard('{Control>}e{/Control}');
    await pass(3000);
    expect(said).toEqual(['Caméra allumée']);
  });

  it('say who reserved it, and ask for nothing', async () => {
    const { engine, user, sent, texts } = await open('call-2');
    await pass(1000);
    const { room } = engine.snapshot;
    act(() =>
      engine.patch(
        { key: 'room', value: { ...room, capabilities: { ...room.capabilities, publish_camera: false, publish_microphone: false } } },
        { key: 'me', value: { ...engine.snapshot.me, camera_on: false, seeing: 'forbidden' } },
      ),
    );
    const said = listen();
    await user.keyboard('{Control>}e{/Control}');
    await pass(1000);
    // What is on is turned off all the same.
    await user.keyboard('{Control>}d{/Control}');
    await pass(1000);
    await user.keyboard('{Control>}d{/Control}');
    expect(sent('set_camera_on')).toEqual([]);
    expect(sent('set_microphone_on')).toEqual([{ kind: 'set_microphone_on', on: false }]);
    const { t } = texts;
    expect(said).toEqual([t('call:seeing.forbidden'), t('announce:microphoneOff'), t('call:hearing.forbidden')]);
  });

  it('name the organisation where it has turned the camera off, before a meeting too', async () => {
    for (const scenario of ['call-managed', 'prejoin-managed']) {
      const { engine, user, sent, unmount } = await open(scenario);
      act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, camera_on: false } }));
      await pass(1000);
      const said = listen();
      await user.keyboard('{Control>}e{/Control}');
      expect(sent('set_camera_on')).toEqual([]);
      expect(said, scenario).toEqual(['Caméra éteinte. Désactivé par votre organisation : Exemple Agglomération, DSI']);
      unmount();
    }
  });
});

it('speaks to nobody who speaks by a held key, and says afterwards what is true then', async () => {
  const opened = await open('call-2');
  await pass(1000);
  me(opened, { microphone_on: false, hearing: 'off' });
  await pass(3000);
  const said = listen();
  await opened.user.keyboard('{v>}');
  me(opened, { microphone_on: true, hearing: 'heard' });
  await pass(5000);
  expect(said).toEqual([]);
  // What cannot wait does not.
  act(() => opened.engine.patch({ key: 'issues', value: [issue('VIS-NET-POOR-22', 'none')] }));
  expect(screen.getByTestId('assertive')).toHaveTextContent('Votre réseau est trop lent pour la vidéo.');
  await opened.user.keyboard('{/v}');
  await pass(200);
  me(opened, { microphone_on: false, hearing: 'off' });
  await pass(3000);
  expect(said.slice(1)).toEqual(['Micro coupé']);
});

it('leaves upon the second press while the connection is taken up again', async () => {
  const { engine, user, sent } = await open('reconnecting');
  const link = engine.snapshot.phase.kind === 'in_meeting' ? engine.snapshot.phase.link : null;
  if (link === null) throw new Error('not in a meeting');
  await user.keyboard('{Control>}{Shift>}w{/Shift}{/Control}');
  act(() => engine.patch({ key: 'phase', value: { kind: 'in_meeting', link, reconnecting_for: 17 } }));
  await pass(1000);
  await user.keyboard('{Control>}{Shift>}w{/Shift}{/Control}');
  expect(sent('leave')).toHaveLength(1);
});
