import { serverNow } from '../../pages/consent/server-clock.js';
import type { Problem, SentCode, Slug } from './model';

/** What may go wrong with a call: one of the API's own problems, or one of these. */
export type FailureKind =
  | Slug
  /** No answer: there is no network, or the address refuses. */
  | 'offline'
  /** The answer did not come in time. */
  | 'timeout'
  /** The gateway throttled the call. */
  | 'throttled'
  /** The sign-in has ended. */
  | 'signed-out'
  /** Anything else. */
  | 'unexpected';

/** Those that a customer who offers access may see. */
export type CustomersFailureKind = Exclude<
  FailureKind,
  'unknown-customer' | 'wrong-step' | 'unreadable-record' | 'code-refused' | 'grant-refused'
>;

/** Those that have words of their own during a recovery, where there is no verification. */
export type RecoveryFailureKind = Extract<FailureKind, 'offline' | 'timeout' | 'too-many-requests' | 'throttled' | 'unavailable'>;

/** After these the call may have been carried out: its answer was lost, or says so. */
export const MAYBE_DONE: FailureKind[] = ['offline', 'timeout', 'unavailable'];

export class Failure extends Error {
  readonly kind: FailureKind;
  readonly problem: Problem | null;
  /** When to try again, in milliseconds of the server's clock. */
  readonly retryAt: number | null;

  constructor(kind: FailureKind, problem: Problem | null = null, retryAfterSeconds: number | null = null) {
    super(kind);
    this.kind = kind;
    this.problem = problem;
    this.retryAt = retryAfterSeconds === null ? null : serverNow() + retryAfterSeconds * 1000;
  }

  static from(this: void, error: unknown): Failure {
    if (error instanceof Failure) return error;
    if (error instanceof DOMException && error.name === 'TimeoutError') return new Failure('timeout');
    // `fetch` throws a TypeError whatever kept it from an answer.
    return new Failure(error instanceof TypeError ? 'offline' : 'unexpected');
  }
}

/** The fields that the API refused; none if that is not what went wrong. */
export function refusedFields({ problem }: Failure): string[] {
  return problem?.type === '/problems/invalid-request' ? problem.errors.map(({ field }) => field) : [];
}

/**
 * How many attempts a code has left. The number only falls, so the lower one is right: the refusal has it even if the read after it
 * failed, and a later read has the other side's entries.
 */
export function attemptsLeft(code: SentCode, refused: Failure | null): number {
  const told = refused?.problem?.type === '/problems/code-refused' ? refused.problem.attempts_left : code.attempts_left;
  return Math.min(told, code.attempts_left);
}
