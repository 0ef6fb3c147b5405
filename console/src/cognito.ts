/** The few calls of Cognito's user pools that signing in takes, over its JSON API. None needs AWS keys. */

import type { Config } from './config';

export interface Tokens {
  access: string;
  refresh: string;
  /** As the ID token has them, which itself is not kept. */
  name?: string;
  email?: string;
}

export interface Claims {
  sub: string;
  iat: number;
  exp: number;
  name?: string;
  email?: string;
  'cognito:groups'?: string[];
}

/** An administrator set the password: the user must choose his own before he gets tokens. */
export interface NewPasswordAsked {
  user: string;
  session: string;
}

export type CognitoRefusal =
  /** Wrong address or password, a disabled user, a locked one: Cognito does not tell them apart. */
  | 'wrong-credentials'
  | 'reset-required'
  | 'weak-password'
  | 'too-many-attempts'
  /** The time to choose a new password is over. */
  | 'too-late'
  /** The pool asks for something that this page does not know, a second factor for instance. */
  | 'unknown-challenge'
  | 'offline'
  /** Cognito, or what stands before it, has a fault: nothing was judged. */
  | 'unavailable'
  | 'unexpected';

export class CognitoFailure extends Error {
  readonly refusal: CognitoRefusal;

  constructor(refusal: CognitoRefusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

interface AuthAnswer {
  AuthenticationResult?: { AccessToken: string; IdToken?: string; RefreshToken?: string };
  ChallengeName?: string;
  ChallengeParameters?: Record<string, string>;
  Session?: string;
}

const REFUSALS: Record<string, CognitoRefusal> = {
  NotAuthorizedException: 'wrong-credentials',
  UserNotFoundException: 'wrong-credentials',
  UserNotConfirmedException: 'wrong-credentials',
  PasswordResetRequiredException: 'reset-required',
  InvalidPasswordException: 'weak-password',
  PasswordHistoryPolicyViolationException: 'weak-password',
  TooManyRequestsException: 'too-many-attempts',
  LimitExceededException: 'too-many-attempts',
};

export class Cognito {
  readonly #endpoint: string;
  readonly #client: string;

  /** `client` is an app client without a secret. */
  constructor(config: Config, client: string) {
    this.#endpoint = config.cognitoEndpoint ?? `https://cognito-idp.${config.region}.amazonaws.com/`;
    this.#client = client;
  }

  async signIn(email: string, password: string): Promise<Tokens | NewPasswordAsked> {
    const answer = await this.#call('InitiateAuth', {
      ClientId: this.#client,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    });
    if (answer.ChallengeName === 'NEW_PASSWORD_REQUIRED' && answer.Session) {
      return { user: answer.ChallengeParameters?.['USER_ID_FOR_SRP'] ?? email, session: answer.Session };
    }
    return tokensOf(answer);
  }

  async chooseFirstPassword(asked: NewPasswordAsked, password: string): Promise<Tokens> {
    try {
      return tokensOf(
        await this.#call('RespondToAuthChallenge', {
          ClientId: this.#client,
          ChallengeName: 'NEW_PASSWORD_REQUIRED',
          Session: asked.session,
          ChallengeResponses: { USERNAME: asked.user, NEW_PASSWORD: password },
        }),
      );
    } catch (error) {
      const late = error instanceof CognitoFailure && error.refusal === 'wrong-credentials';
      throw late ? new CognitoFailure('too-late') : error;
    }
  }

  async renew(refresh: string): Promise<Tokens> {
    const answer = await this.#call('InitiateAuth', {
      ClientId: this.#client,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: refresh },
    });
    return tokensOf(answer, refresh);
  }

  /** The refresh token is good for nothing from here on. */
  async revoke(refresh: string): Promise<void> {
    await this.#call('RevokeToken', { ClientId: this.#client, Token: refresh });
  }

  async #call(action: string, body: object): Promise<AuthAnswer> {
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(this.#endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
        },
        body: JSON.stringify(body),
        cache: 'no-store',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout(15_000),
      });
      text = await answer.text();
    } catch {
      throw new CognitoFailure('offline');
    }
    const found = answer.status < 500 ? asObject(text) : null;
    if (found === null) throw new CognitoFailure(answer.status === 429 ? 'too-many-attempts' : 'unavailable');
    if (answer.ok) return found;
    const type = found.__type?.split('#').at(-1) ?? '';
    throw new CognitoFailure(REFUSALS[type] ?? (answer.status === 429 ? 'too-many-attempts' : 'unexpected'));
  }
}

/** A body as the object that it says; null if it is none, as a proxy's page in HTML. */
function asObject(text: string): (AuthAnswer & { __type?: string }) | null {
  if (text === '') return {};
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' ? found : null;
  } catch {
    return null;
  }
}

function tokensOf(answer: AuthAnswer, before?: string): Tokens {
  const found = answer.AuthenticationResult;
  const refresh = found?.RefreshToken ?? before;
  if (!found || !refresh) throw new CognitoFailure('unknown-challenge');
  const { name, email }: Partial<Claims> = found.IdToken === undefined ? {} : claimsOf(found.IdToken);
  return { access: found.AccessToken, refresh, ...(email === undefined ? {} : { name: name ?? email, email }) };
}

/** What a token says of itself, unchecked: the API checks it, a page only shows it. */
export function claimsOf(token: string): Claims {
  const payload = token.split('.')[1] ?? '';
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
}
