import { useSyncExternalStore } from 'react';
import { tab } from './kept';

const KEPT = 'clock';

/** How far the server's clock is ahead of this one, in milliseconds. Deadlines are the server's; this machine's clock may be wrong. */
let ahead = Number(tab.get(KEPT)) || 0;

/** Takes the time at which a token that has just arrived was issued. */
export function setClock(issuedAtSeconds: number): void {
  // Whole seconds, cut off: half a second is missing on average.
  ahead = issuedAtSeconds * 1000 + 500 - Date.now();
  tab.set(KEPT, String(ahead));
}

export function serverNow(): number {
  return Date.now() + ahead;
}

const listeners = new Set<() => void>();
let second = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  const now = Math.floor(Date.now() / 1000);
  if (now === second) return;
  second = now;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 250);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Draws the component anew every second. */
function useSeconds(): void {
  useSyncExternalStore(subscribe, () => second);
}

/** Whole seconds until a server's time; 0 when it is over. */
export function useSecondsUntil(time: string): number {
  useSeconds();
  return Math.max(0, Math.ceil((Date.parse(time) - serverNow()) / 1000));
}

/** Whole seconds until a time of the local clock; 0 when it is over or there is none. */
export function useWait(until: number | null): number {
  useSeconds();
  return until === null ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}

/** Whether a server's time is past; not while there is none. Draws once, when it passes, even if the machine slept meanwhile. */
export function useIsPast(time: string | null): boolean {
  return useSyncExternalStore(subscribe, () => time !== null && serverNow() >= Date.parse(time));
}
