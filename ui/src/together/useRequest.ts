import { useEffect, useRef, useState } from 'react';
import { useEngine, useMeeting } from '../engine/context';
import type { Command } from '../engine/contract';

export type RequestState = 'idle' | 'sending' | 'done' | 'refused';

/** An answer that came before the page saw the question is taken for one after this time, in milliseconds. */
const UNSEEN_MS = 1500;

/**
 * Follows one request to the room from its sending to the server's answer. The window never waits for it.
 *
 * The engine takes a command at once and names it in `together.pending` until the server has answered;
 * a refusal is the issue of that action.
 */
export function useRequest(kind: Command['kind']): { state: RequestState; send: (command: Command) => void; reset: () => void } {
  const engine = useEngine();
  const pending = useMeeting((state) => state.together.pending.includes(kind));
  const refused = useMeeting((state) => state.issues.some((issue) => issue.code === 'VIS-CALL-ACTION-49' && issue.params['action'] === kind));
  const [state, setState] = useState<RequestState>('idle');
  const [taken, setTaken] = useState(false);
  const seen = useRef(false);
  if (pending) seen.current = true;

  useEffect(() => {
    if (state !== 'sending' || pending) return;
    const finish = () => setState(refused ? 'refused' : 'done');
    if (seen.current) return finish();
    if (!taken) return;
    const timer = setTimeout(finish, UNSEEN_MS);
    return () => clearTimeout(timer);
  }, [pending, refused, state, taken]);

  return {
    state,
    send: (command) => {
      seen.current = false;
      setTaken(false);
      setState('sending');
      engine.command(command).then(
        () => setTaken(true),
        () => setState('refused'),
      );
    },
    reset: () => setState('idle'),
  };
}
