export type CognitoRefusal =
  /** A wrong address or password, or a disabled or locked user: Cognito does not say which. */
  | 'wrong-credentials'
  | 'reset-required'
  | 'weak-password'
  | 'wrong-code'
  | 'too-many-attempts'
  /** The time for a step of the sign-in has run out. */
  | 'too-late'
  /** The pool asks for something that this page does not support. */
  | 'unknown-challenge'
  | 'offline'
  /** Cognito, or something in front of it, failed: nothing was judged. */
  | 'unavailable'
  | 'unexpected';

export class CognitoFailure extends Error {
  readonly refusal: CognitoRefusal;

  constructor(refusal: CognitoRefusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

const REFUSALS: Record<string, CognitoRefusal> = {
  NotAuthorizedException: 'wrong-credentials',
  UserNotFoundException: 'wrong-credentials',
  UserNotConfirmedException: 'wrong-credentials',
  PasswordResetRequiredException: 'reset-required',
  InvalidPasswordException: 'weak-password',
  PasswordHistoryPolicyViolationException: 'weak-password',
  CodeMismatchException: 'wrong-code',
  EnableSoftwareTokenMFAException: 'wrong-code',
  ExpiredCodeException: 'too-late',
  TooManyRequestsException: 'too-many-attempts',
  LimitExceededException: 'too-many-attempts',
};

/** The refusal that an error response of Cognito means. `type`: its name, with or without a namespace. */
export function refusalFor(status: number, type = ''): CognitoRefusal {
  const name = type.split('#').at(-1) ?? '';
  const known = Object.hasOwn(REFUSALS, name) ? REFUSALS[name] : undefined;
  return known ?? (status === 429 ? 'too-many-attempts' : 'unexpected');
}

export function refusalOf(error: unknown): CognitoRefusal {
  return error instanceof CognitoFailure ? error.refusal : 'unexpected';
}
