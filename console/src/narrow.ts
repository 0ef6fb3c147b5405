import { useSyncExternalStore } from 'react';

/** The width below which the component library, too, takes a window for narrow. */
const query = matchMedia('(max-width: 688px)');

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** Whether the window is as narrow as a phone. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
