/** The server's clock as the console keeps it. */

import { assume, measure, serverNow } from '../../pages/consent/server-clock.js';
import { tab } from './kept';

const KEPT = 'clock';
/** More than a clock loses between two looks: it was set, or the machine slept. */
const MOVED_MILLISECONDS = 2000;

const kept = Number(tab.get(KEPT));
if (kept) assume(Date.now() + kept);

/** Sets the clock by the time at which a token that has just arrived was issued. */
export function setClock(issuedAtSeconds: number): void {
  measure(issuedAtSeconds * 1000, performance.now());
  keepClock();
}

/** Keeps for a reload how far the server's clock is ahead of this machine's, in milliseconds. */
export function keepClock(): void {
  tab.set(KEPT, String(Math.round(serverNow() - Date.now())));
}

/** Whole seconds until a server time; 0 once it has passed. */
export function secondsUntil(time: string): number {
  return secondsToWait(Date.parse(time));
}

/** Whole seconds until a server time in milliseconds; 0 once it has passed, or if there is none. */
export function secondsToWait(until: number | null): number {
  return until === null ? 0 : Math.max(0, Math.ceil((until - serverNow()) / 1000));
}

/** Whether a server time has passed; false if there is none. */
export function isPast(time: string | null): boolean {
  return time !== null && serverNow() >= Date.parse(time);
}

let difference = Date.now() - performance.now();

/** Whether this machine's clock was set since the last call, or the machine slept: a countdown may be wrong until the next answer. */
export function wasMoved(): boolean {
  const now = Date.now() - performance.now();
  const moved = Math.abs(now - difference) > MOVED_MILLISECONDS;
  difference = now;
  return moved;
}
