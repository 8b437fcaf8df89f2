import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { connectFrames } from '../frames/client';
import type { Batch, Levels, Snapshot } from './contract';
import type { Engine, ShellInfo } from './engine';

/** What comes through the channel of `subscribe`. */
type Delivery =
  | { kind: 'snapshot'; snapshot: Snapshot }
  | { kind: 'batch'; batch: Batch }
  | { kind: 'levels'; levels: Levels };

/** True where the page runs in the shell. */
export function insideTauri(): boolean {
  return '__TAURI_INTERNALS__' in globalThis;
}

/** The engine of the shell that the page runs in. */
export async function tauriEngine(): Promise<Engine> {
  const shell = await invoke<ShellInfo>('shell_info');
  const levelListeners = new Set<(levels: Levels) => void>();
  let listener: { onSnapshot: (snapshot: Snapshot) => void; onBatch: (batch: Batch) => void } | null = null;
  let generation = 0;

  const subscribe = () => {
    const mine = ++generation;
    const channel = new Channel<Delivery>((delivery) => {
      // A channel that was left may still hold deliveries.
      if (mine !== generation || listener === null) return;
      if (delivery.kind === 'snapshot') listener.onSnapshot(delivery.snapshot);
      else if (delivery.kind === 'batch') listener.onBatch(delivery.batch);
      else if (delivery.kind === 'levels') for (const tell of levelListeners) tell(delivery.levels);
    });
    void invoke('subscribe', { channel });
  };

  return {
    shell,
    ...(shell.presenter === 'canvas' && shell.framesUrl !== null
      ? { frames: connectFrames(shell.framesUrl) }
      : {}),
    subscribe(onSnapshot, onBatch) {
      listener = { onSnapshot, onBatch };
      subscribe();
      return () => {
        listener = null;
        generation++;
      };
    },
    resubscribe: subscribe,
    command: (command) => invoke('command', { command }),
    levels(onLevels) {
      levelListeners.add(onLevels);
      return () => levelListeners.delete(onLevels);
    },
    openExternal: (url) => invoke('open_external', { url }),
    openShare: (title) => invoke('open_share', { title }),
    supportText: () => invoke<string>('support_text'),
    createShortcut: (wanted) => invoke('create_shortcut', { wanted }),
    notify: (notice) => invoke('notify', { notice }),
    withdrawNotice: (kind) => invoke('withdraw_notice', { kind }),
    announce: (text) => invoke('announce', { text }),
    setTray: (view) => invoke('set_tray', { view }),
    nameKeys: (words) => invoke('name_keys', { words }),
    closeAsked(onAsked) {
      const listening = listen('close-asked', onAsked);
      return () => void listening.then((stop) => stop());
    },
    pasteAsked(onAsked) {
      const listening = listen('paste-asked', onAsked);
      return () => void listening.then((stop) => stop());
    },
    pastedText: () =>
      invoke<string>('pasted_text').catch((reason: unknown) => {
        // The web view asks the person by itself.
        if (reason === 'unsupported') return navigator.clipboard.readText();
        throw reason;
      }),
    showMain: (leave = false) => invoke('show_main', { leave }),
    leaveAsked(onAsked) {
      const listening = listen('leave-asked', onAsked);
      return () => void listening.then((stop) => stop());
    },
    // Tauri's own command, for the window that asks: all else of its module would come with that.
    setTitle: (title) => invoke('plugin:window|set_title', { value: title }),
    answerClosing: (close) => invoke('answer_closing', { close }),
    saveText: (name, text, kind = 'txt') => invoke<boolean>('save_text', { name, text, kind }),
    chooseBackground: () => invoke<string | null>('choose_background'),
    openText: () => invoke<string | null>('open_text'),
    openDoctor: (title) => invoke('open_doctor', { title }),
    openSettings: (page, title) => invoke('open_settings', { page, title }),
  };
}
