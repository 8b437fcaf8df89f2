import { useLayoutEffect, useState, useSyncExternalStore } from 'react';
import { useMeeting } from '../engine/context';
import { lookOf, wear, wearBrand } from './look';

/** Puts on the page what was set of its look, and follows it and the system. */
export function useLook(): void {
  const settings = useMeeting((state) => state.settings);
  const contrast = useSystemContrast();
  useLayoutEffect(() => {
    // Everything that measures in rem measures again, and so does what is round.
    if (wear(document.documentElement, lookOf(settings, contrast))) window.dispatchEvent(new Event('resize'));
  }, [settings, contrast]);
  const brand = useMeeting((state) => state.policy.brand);
  useLayoutEffect(() => wearBrand(document.documentElement, brand), [brand]);
  const dyslexic = settings.typeface === 'dyslexic' || settings.captions.typeface === 'dyslexic';
  useLayoutEffect(() => {
    if (dyslexic) void import('./dyslexic');
  }, [dyslexic]);
}

function useSystemContrast(): boolean {
  const [query] = useState(() => window.matchMedia('(prefers-contrast: more)'));
  return useSyncExternalStore(
    (changed) => {
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => query.matches,
  );
}
