/** The rules by which the console follows a verification that agent, customer and time may move. */

import type { Failure, FailureKind } from './failure';
import type { Status, Verification } from './model';

/** What an agent does to a verification. */
export type Act = 'challenge' | 'enter-own' | 'ask' | 'enter-customers' | 'issue' | 'finish' | 'cancel';

export interface FailedAct {
  act: Act;
  failure: Failure;
}

export interface Process {
  verification: Verification;
  /** Whether its session has ended by the clock. The server confirms it later. */
  over: boolean;
  /** The act in progress. */
  busy: Act | null;
  /** The last act's failure, until the next act. */
  failure: FailedAct | null;
  dismiss: () => void;
  /** Whether the last read failed, so that the state may have changed. */
  stale: boolean;
  /** Reads in a moment, since something has just been done elsewhere. */
  lookSoon: () => void;
  /** Performs an act, and returns whether it succeeded. */
  act: (act: Act, call: () => Promise<Verification>) => Promise<boolean>;
}

/** How often a verification is read, in milliseconds: at first after it has moved, at most, and while nobody looks at the page. */
interface Pace {
  first: number;
  most: number;
  hidden: number;
}

/** Only this agent, or a deadline, can move it. */
const QUIET: Pace = { first: 15_000, most: 30_000, hidden: 60_000 };
/** The customer is about to act. An agent who looks at something else is notified of it. */
const WAITING: Pace = { first: 2000, most: 6000, hidden: 6000 };
/** The customer can act, and rarely does. */
const WATCHED: Pace = { first: 10_000, most: 30_000, hidden: 60_000 };
const WORKING: Pace = { first: 2000, most: 2000, hidden: 2000 };
/** By this part of the time since it last moved the pauses grow. */
const GROWTH = 1 / 3;

/** After what this page knows has moved it, or should have. */
export const SOON_MILLISECONDS = 2000;
const FAILED_MILLISECONDS = 4000;
/** Reads a little after a deadline, when the server has seen it pass. */
const SPARE_MILLISECONDS = 200;
/** How often a closed verification is read for the end of its record, which arrives within a minute or two, or never. */
const RECORD_LOOKS = 12;

const PACES: Record<Exclude<Status, 'closed'>, Pace> = {
  started: QUIET,
  agent_challenged: QUIET,
  agent_verified: QUIET,
  awaiting_consent: WAITING,
  consented: WATCHED,
  minting: WORKING,
  in_session: WATCHED,
};

/** When a verification has moved, its new state explains more than one of these failures. */
const EXPLAINED_BY_THE_MOVE: FailureKind[] = ['wrong-step', 'code-refused', 'conflict'];

/**
 * Whether a verification's record is complete. Every read says at once that it is closed, but the step of an end by the clock comes later,
 * and the customer is told after the end. A customer who was never asked is not told.
 */
export function isComplete({ status, outcome, module, steps }: Verification): boolean {
  if (status !== 'closed') return false;
  const end = steps.findIndex(({ action }) => action === outcome);
  const asked = module === 'support-grant' || steps.some(({ action }) => action === 'consent-asked');
  return end >= 0 && (!asked || steps.slice(end).some(({ action }) => action === 'customer-told'));
}

/** Whether the customer was told by email how a verification ended, and when; null if they are owed no notice of it. */
export function noticeOfEnd({ status, outcome, module, steps }: Verification): { told: string | null; failed: boolean } | null {
  if (status !== 'closed') return null;
  const asked = module === 'support-grant' || steps.some(({ action }) => action === 'consent-asked');
  if (!asked) return null;
  const end = steps.findIndex(({ action }) => action === outcome);
  const after = end < 0 ? [] : steps.slice(end);
  const told = after.find(({ action }) => action === 'customer-told');
  return { told: told?.at ?? null, failed: told === undefined && after.some(({ action }) => action === 'mail-failed') };
}

/** Whether an answer is older than what is known. The record only grows, so an answer with fewer steps was overtaken on its way. */
export function isOvertaken(found: Verification, known: Verification | null): boolean {
  if (known === null) return false;
  return found.steps.length < known.steps.length || (known.status === 'closed' && found.status !== 'closed');
}

/** How many more reads a verification gets. */
export function looksFor(status: Status | undefined): number {
  return status === 'closed' ? RECORD_LOOKS : Number.POSITIVE_INFINITY;
}

/** The moment at which the next read is planned. */
export interface Moment {
  /** The server's time, in milliseconds. */
  now: number;
  /** When the verification last moved, as far as this page knows. */
  movedAt: number;
  /** Whether nobody looks at the page. */
  hidden: boolean;
}

/** How many milliseconds to wait before the next read. `failed`: the failure of the last one. */
export function pauseBeforeLook(known: Verification | null, failed: Failure | null, { now, movedAt, hidden }: Moment): number {
  if (failed || known === null) return Math.max(FAILED_MILLISECONDS, (failed?.retryAt ?? 0) - now);
  if (known.status === 'closed') return QUIET.first;
  const pace = PACES[known.status];
  const grown = Math.min(pace.most, Math.max(pace.first, (now - movedAt) * GROWTH));
  const usual = hidden ? Math.max(pace.hidden, grown) : grown;
  const untilDeadline = Date.parse(known.expires_at ?? '') - now + SPARE_MILLISECONDS;
  return Math.min(usual, untilDeadline > 0 ? untilDeadline : SOON_MILLISECONDS);
}

/** Whether the page may read at once, since somebody looks at it again. A server that says when to come back is not asked earlier. */
export function mayLookNow(failed: Failure | null, now: number): boolean {
  return now >= (failed?.retryAt ?? 0);
}

/** Whether a failure needs words of its own, after an act during which the verification moved or did not. */
export function needsTelling({ kind }: Failure, moved: boolean): boolean {
  return !(moved && EXPLAINED_BY_THE_MOVE.includes(kind));
}

/**
 * Whether a failure is shown at another place than the top of the page: a refused code at its field, a failed cancel in its dialog, and a
 * session whose start got no answer on its own screen. `open`: the verification is not closed.
 */
export function isToldElsewhere({ act, failure }: FailedAct, status: Status, open: boolean): boolean {
  if (act === 'cancel') return open;
  return failure.kind === 'code-refused' || (act === 'issue' && status === 'in_session');
}
