import { commandFor } from '../devices';
import { useIssueHost } from '../account/account';
import { useEngine, useSend } from '../engine/context';
import type { Issue } from '../engine/contract';
import type { ShellInfo } from '../engine/engine';
import { useSeeRules } from '../policy/rules';
import { useBeginShare } from '../sharing/useSharing';
import { useUiStore } from '../ui-state';

/** Pages of the system's settings, where the system has addresses for them. */
const SETTINGS: Record<ShellInfo['platform'], { microphone: string; camera: string } | null> = {
  linux: null,
  windows: { microphone: 'ms-settings:privacy-microphone', camera: 'ms-settings:privacy-webcam' },
  macos: {
    microphone: 'x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone',
    camera: 'x-apple.systempreferences:com.apple.preference.security?Privacy_Camera',
  },
};

/** What a help desk needs to know; no name, no address of a person. */
export function reportText(issue: Issue, shell: ShellInfo): string {
  return [
    `code: ${issue.code}`,
    `version: ${shell.version}`,
    `platform: ${shell.platform}`,
    `presenter: ${shell.presenter}`,
    ...['host', 'cause', 'source'].flatMap((key) => (issue.params[key] === undefined ? [] : [`${key}: ${issue.params[key]}`])),
  ].join('\n');
}

/** Puts text into the clipboard, with ordinary spaces: French signs keep theirs on the screen. False where the system refuses. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text.replace(/[\u00a0\u202f]/g, ' '));
    return true;
  } catch {
    return false;
  }
}

/**
 * What the key of an issue does, or `null` where there is nothing to press: some next steps are the
 * person's own (choosing a device), and some systems have no address for their settings.
 */
export function useIssueActions(): (issue: Issue) => (() => void) | null {
  const engine = useEngine();
  const send = useSend();
  const hostOf = useIssueHost();
  const seeRules = useSeeRules();
  const ui = useUiStore();
  const share = useBeginShare();
  return (issue) => {
    switch (issue.action) {
      case 'retry':
      case 'rejoin':
      case 'take_back':
        return () => send({ kind: 'retry' });
      case 'check_link':
      case 'go_home':
        return () => send({ kind: 'leave' });
      case 'open_system_settings': {
        const pages = SETTINGS[engine.shell.platform];
        if (pages === null) return null;
        const url = issue.code.startsWith('VIS-CAM') ? pages.camera : pages.microphone;
        return () => void engine.openExternal(url).catch(() => undefined);
      }
      case 'copy_report':
        return () => void copyText(reportText(issue, engine.shell));
      case 'restart_picture': {
        const participant = issue.params['participant'];
        return participant === undefined ? null : () => send({ kind: 'restart_picture', participant });
      }
      case 'turn_on_microphone':
        return () => send({ kind: 'set_microphone_on', on: true });
      case 'unmute':
        return () => send({ kind: issue.code.startsWith('VIS-OUT') ? 'unmute_loudspeaker' : 'unmute_microphone' });
      case 'use_device':
        return () => {
          for (const kind of ['microphone', 'loudspeaker', 'camera'] as const) {
            const id = issue.params[kind];
            if (id !== undefined) send(commandFor(kind, `device:${id}`));
          }
          send({ kind: 'dismiss', code: issue.code });
        };
      case 'add_server': {
        const host = issue.params['host'];
        return host === undefined ? null : () => send({ kind: 'add_server', host });
      }
      case 'sign_in': {
        const host = hostOf(issue);
        return host === undefined ? null : () => send({ kind: 'sign_in', host });
      }
      case 'sign_in_at_proxy':
        return issue.params['proxy'] === undefined ? null : () => ui.setState({ proxyOpen: true });
      case 'create_room': {
        const host = hostOf(issue);
        const name = issue.params['room'];
        return host === undefined || name === undefined ? null : () => send({ kind: 'new_room', host, name, access: null });
      }
      case 'see_rule':
        return seeRules;
      case 'open_elsewhere': {
        const url = issue.params['url'];
        if (url === undefined) return null;
        return () =>
          void engine.openExternal(url).then(
            () => send({ kind: 'dismiss', code: issue.code }),
            () => undefined,
          );
      }
      case 'share_else':
        return share;
      case 'stay':
        return () => send({ kind: 'stay' });
      case 'choose_device':
      case 'none':
        return null;
    }
  };
}
