import type { Problem, Slug } from './model';

/** What may go wrong with a call: one of the API's own problems, or one of these. */
export type FailureKind =
  | Slug
  /** No answer came: no network, or the address refuses. */
  | 'offline'
  /** An answer did not come in time. */
  | 'timeout'
  /** The gateway turned the call away for the number of them. */
  | 'throttled'
  /** The sign-in is over. */
  | 'signed-out'
  /** Anything else. */
  | 'unexpected';

/** Those that a customer may meet who offers access. */
export type CustomersFailureKind = Exclude<FailureKind, 'unknown-customer' | 'wrong-step' | 'code-refused' | 'grant-refused'>;

/** Those for which recovery has words of its own: there is no verification to speak of. */
export type RecoveryFailureKind = Extract<FailureKind, 'offline' | 'timeout' | 'too-many-requests' | 'throttled' | 'unavailable'>;

/** The answer was lost, or says itself that it may have been done. */
export const MAYBE_DONE: FailureKind[] = ['offline', 'timeout', 'unavailable'];

export class Failure extends Error {
  readonly kind: FailureKind;
  readonly problem: Problem | null;
  /** When it makes sense to try again, in milliseconds of the local clock. */
  readonly retryAt: number | null;

  constructor(kind: FailureKind, problem: Problem | null = null, retryAfterSeconds: number | null = null) {
    super(kind);
    this.kind = kind;
    this.problem = problem;
    this.retryAt = retryAfterSeconds === null ? null : Date.now() + retryAfterSeconds * 1000;
  }

  static from(error: unknown): Failure {
    if (error instanceof Failure) return error;
    if (error instanceof DOMException && error.name === 'TimeoutError') return new Failure('timeout');
    // `fetch` gives a TypeError for everything that kept it from an answer.
    return new Failure(error instanceof TypeError ? 'offline' : 'unexpected');
  }
}
