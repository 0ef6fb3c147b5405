/** The server's clock. Deadlines are the server's, and this machine's clock may be wrong. */

import { tab } from './kept';

const KEPT = 'clock';

/** How far the server's clock is ahead of this one, in milliseconds. */
let ahead = Number(tab.get(KEPT)) || 0;

/** Sets the clock by the time at which a token that has just arrived was issued. */
export function setClock(issuedAtSeconds: number): void {
  // Tokens carry whole seconds, rounded down: on average half a second is missing.
  ahead = issuedAtSeconds * 1000 + 500 - Date.now();
  tab.set(KEPT, String(ahead));
}

/** The server's time, in milliseconds. */
export function serverNow(): number {
  return Date.now() + ahead;
}

/** Whole seconds until a server time; 0 once it has passed. */
export function secondsUntil(time: string): number {
  return Math.max(0, Math.ceil((Date.parse(time) - serverNow()) / 1000));
}

/** Whole seconds until a time of the local clock; 0 once it has passed, or if there is none. */
export function secondsToWait(until: number | null): number {
  return until === null ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}

/** Whether a server time has passed; false if there is none. */
export function isPast(time: string | null): boolean {
  return time !== null && serverNow() >= Date.parse(time);
}
