import { useSyncExternalStore } from 'react';
import { serverNow } from '../../pages/consent/server-clock.js';
import { isPast, secondsToWait, secondsUntil, wasMoved } from './clock';

/** Dispatched to the window when this machine's clock was set, or the machine slept. */
export const CLOCK_MOVED = 'clock-moved';

const listeners = new Set<() => void>();
let second = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (wasMoved()) dispatchEvent(new Event(CLOCK_MOVED));
  const now = Math.floor(serverNow() / 1000);
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

/** Draws the component again every second. */
export function useSeconds(): void {
  useSyncExternalStore(subscribe, () => second);
}

/** Whole seconds until a server time; 0 once it has passed. */
export function useSecondsUntil(time: string): number {
  useSeconds();
  return secondsUntil(time);
}

/** Whole seconds until a server time in milliseconds; 0 once it has passed, or if there is none. */
export function useWait(until: number | null): number {
  useSeconds();
  return secondsToWait(until);
}

/** Whether a server time has passed; false if there is none. Draws once, when it passes, even if the machine slept in between. */
export function useIsPast(time: string | null): boolean {
  return useSyncExternalStore(subscribe, () => isPast(time));
}
