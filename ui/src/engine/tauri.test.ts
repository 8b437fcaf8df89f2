import { beforeEach, expect, it, vi } from 'vitest';
import { EMPTY_SNAPSHOT } from './store';

interface FakeChannel {
  onmessage: (delivery: unknown) => void;
}

const { invoke, channels } = vi.hoisted(() => ({ invoke: vi.fn(), channels: [] as FakeChannel[] }));
vi.mock('@tauri-apps/api/core', () => ({
  invoke,
  Channel: class {
    constructor(public onmessage: (delivery: unknown) => void) {
      channels.push(this);
    }
  },
}));

const { tauriEngine } = await import('./tauri');
const SHELL = {
  presenter: 'above',
  framesUrl: null,
  locale: 'fr-FR',
  version: '0.1.0',
  automation: false,
  platform: 'linux',
  announces: true,
  announcesHeadings: true,
};

beforeEach(() => {
  channels.length = 0;
  invoke.mockReset();
  invoke.mockImplementation(async (name: string) => (name === 'shell_info' ? SHELL : undefined));
});

it('hands on what comes through the channel', async () => {
  const engine = await tauriEngine();
  expect(engine.shell).toEqual(SHELL);
  expect(engine.frames).toBeUndefined();
  const onSnapshot = vi.fn();
  const onBatch = vi.fn();
  const onLevels = vi.fn();
  engine.levels(onLevels);
  engine.subscribe(onSnapshot, onBatch);
  expect(invoke).toHaveBeenLastCalledWith('subscribe', { channel: channels[0] });
  channels[0]?.onmessage({ kind: 'snapshot', snapshot: EMPTY_SNAPSHOT });
  channels[0]?.onmessage({ kind: 'batch', batch: { from: 0, to: 1, patches: [] } });
  channels[0]?.onmessage({ kind: 'levels', levels: { own: 7, tracks: [] } });
  expect(onSnapshot).toHaveBeenCalledWith(EMPTY_SNAPSHOT);
  expect(onBatch).toHaveBeenCalledWith({ from: 0, to: 1, patches: [] });
  expect(onLevels).toHaveBeenCalledWith({ own: 7, tracks: [] });
});

it('hears nothing of a channel that it has left', async () => {
  const engine = await tauriEngine();
  const onSnapshot = vi.fn();
  engine.subscribe(onSnapshot, vi.fn());
  engine.resubscribe();
  channels[0]?.onmessage({ kind: 'snapshot', snapshot: EMPTY_SNAPSHOT });
  expect(onSnapshot).not.toHaveBeenCalled();
  channels[1]?.onmessage({ kind: 'snapshot', snapshot: EMPTY_SNAPSHOT });
  expect(onSnapshot).toHaveBeenCalledTimes(1);
});

it('sends commands as data and rejects with the issue', async () => {
  const engine = await tauriEngine();
  const issue = { code: 'VIS-JOIN-LINK-39', params: {}, action: 'check_link' };
  invoke.mockRejectedValueOnce(issue);
  await expect(engine.command({ kind: 'open_link', text: 'x' })).rejects.toBe(issue);
  expect(invoke).toHaveBeenLastCalledWith('command', { command: { kind: 'open_link', text: 'x' } });
  invoke.mockResolvedValueOnce(false);
  await expect(engine.saveText('a.txt', 'Bonjour')).resolves.toBe(false);
  expect(invoke).toHaveBeenLastCalledWith('save_text', { name: 'a.txt', text: 'Bonjour', kind: 'txt' });
  await engine.openSettings('audio', 'Réglages');
  expect(invoke).toHaveBeenLastCalledWith('open_settings', { page: 'audio', title: 'Réglages' });
  await engine.openShare('Contenu partagé');
  expect(invoke).toHaveBeenLastCalledWith('open_share', { title: 'Contenu partagé' });
  await engine.openExternal('https://a.example/');
  expect(invoke).toHaveBeenLastCalledWith('open_external', { url: 'https://a.example/' });
});

it('names the window that asks, and brings the meeting’s to the front with its question', async () => {
  const engine = await tauriEngine();
  await engine.setTitle('Point d’équipe, Visavis');
  expect(invoke).toHaveBeenLastCalledWith('plugin:window|set_title', { value: 'Point d’équipe, Visavis' });
  await engine.showMain(true);
  expect(invoke).toHaveBeenLastCalledWith('show_main', { leave: true });
  await engine.showMain();
  expect(invoke).toHaveBeenLastCalledWith('show_main', { leave: false });
});
