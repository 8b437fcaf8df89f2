import { useMeeting } from '../engine/context';
import type { RecordingMode, RecordingPhase, Snapshot } from '../engine/contract';

export interface Recording {
  phase: RecordingPhase;
  mode: RecordingMode;
  /** What is said and shown now is kept, or about to be. */
  live: boolean;
}

/** Whether the room is recorded. A server that says no more than that is taken at its word. */
export function recordingOf({ together, room }: Pick<Snapshot, 'together' | 'room'>): Recording {
  const { phase, mode } = together.recording;
  const known = phase === 'off' && room.recording ? 'running' : phase;
  return { phase: known, mode: mode ?? 'screen', live: known === 'starting' || known === 'running' };
}

/** The part of a key of `together:recording` for a phase and a mode; `null` where there is nothing to tell. */
export function recordingKey({ phase, mode }: Recording) {
  const transcript = mode === 'transcript';
  switch (phase) {
    case 'off':
      return null;
    case 'running':
      return mode;
    case 'starting':
      return transcript ? 'startingTranscript' : 'starting';
    case 'saving':
      return transcript ? 'savingTranscript' : 'saving';
    case 'failed':
      return transcript ? 'failedTranscript' : 'failed';
  }
}

export function useRecording(): Recording {
  const together = useMeeting((state) => state.together);
  const room = useMeeting((state) => state.room);
  return recordingOf({ together, room });
}

/** What this window may do about recording; `ask` needs somebody who could do it. */
export function useRecordingRight(): 'start' | 'ask' | null {
  const can = useMeeting((state) => state.room.capabilities);
  const moderated = useMeeting((state) => Object.values(state.participants).some((someone) => someone !== undefined && someone.role !== 'member'));
  if (can.record) return 'start';
  return can.ask_recording && moderated ? 'ask' : null;
}
