import { useState } from 'react';
import { useEngine } from '../engine/context';
import type { BackgroundChoice } from '../engine/contract';
import { useSettings } from '../settings/useSettings';

export const BACKGROUNDS: readonly BackgroundChoice[] = ['none', 'light', 'strong', 'picture'];

/** Why a picture was not taken. */
export type Failure = 'refused' | 'failed';

interface Background {
  selected: BackgroundChoice;
  /** A picture that was never taken is asked for first. */
  choose: (choice: BackgroundChoice) => void;
  /** Asks for another picture. */
  takePicture: () => void;
  failure: Failure | null;
}

/** What is behind the person. */
export function useBackground(): Background {
  const engine = useEngine();
  const { settings, change } = useSettings();
  const [failure, setFailure] = useState<Failure | null>(null);
  const takePicture = () => {
    setFailure(null);
    engine.chooseBackground().then(
      (name) => name !== null && change({ background: 'picture', background_picture: name }),
      (error: unknown) => setFailure(error === 'refused' ? 'refused' : 'failed'),
    );
  };
  const choose = (choice: BackgroundChoice) => {
    setFailure(null);
    if (choice === 'picture' && settings.background_picture === null) takePicture();
    else change({ background: choice });
  };
  return { selected: settings.background, choose, takePicture, failure };
}
