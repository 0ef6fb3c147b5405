/** The calls of Cognito's user pools that a sign-in needs, over its JSON API. None needs AWS keys. */

import { CognitoFailure, refusalFor, refusalOf } from './cognito-refusal';
import type { Config } from './config';

export interface Tokens {
  access: string;
  refresh: string;
  /** From the ID token, which itself is not kept. */
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

/** The second factors, and the names under which Cognito takes their codes. */
const FACTORS = {
  SOFTWARE_TOKEN_MFA: 'SOFTWARE_TOKEN_MFA_CODE',
  EMAIL_OTP: 'EMAIL_OTP_CODE',
  SMS_MFA: 'SMS_MFA_CODE',
} as const;

export type Factor = keyof typeof FACTORS;

interface Asked {
  user: string;
  email: string;
  session: string;
}

/** An administrator set the password: the user must choose their own. */
interface NewPasswordAsked extends Asked {
  asks: 'new-password';
}

interface SecondFactorAsked extends Asked {
  asks: 'second-factor';
  factor: Factor;
  /** Where the code was sent, masked by Cognito; missing for an authenticator app, whose code is not sent. */
  sentTo?: string;
}

/** The pool requires a second factor and the user has none. */
interface AuthenticatorAsked extends Asked {
  asks: 'authenticator';
  /** For the user's authenticator app, in base 32. */
  key: string;
}

/** What Cognito asks for before it gives tokens. */
export type Challenge = NewPasswordAsked | SecondFactorAsked | AuthenticatorAsked;

interface AuthAnswer {
  AuthenticationResult?: { AccessToken: string; IdToken?: string; RefreshToken?: string };
  ChallengeName?: string;
  ChallengeParameters?: Record<string, string>;
  Session?: string;
  SecretCode?: string;
}

export class Cognito {
  readonly #endpoint: string;
  readonly #client: string;

  /** `client` is an app client without a secret. */
  constructor(config: Config, client: string) {
    this.#endpoint = config.cognitoEndpoint ?? `https://cognito-idp.${config.region}.amazonaws.com/`;
    this.#client = client;
  }

  async signIn(email: string, password: string): Promise<Tokens | Challenge> {
    const answer = await this.#call('InitiateAuth', {
      ClientId: this.#client,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    });
    return this.#next(answer, { user: email, email });
  }

  /** Gives Cognito what it asked for: the password, or the code. */
  async answer(challenge: Challenge, given: string): Promise<Tokens | Challenge> {
    try {
      switch (challenge.asks) {
        case 'new-password':
          return await this.#respond('NEW_PASSWORD_REQUIRED', challenge, { NEW_PASSWORD: given });
        case 'second-factor':
          return await this.#respond(challenge.factor, challenge, { [FACTORS[challenge.factor]]: given });
        case 'authenticator': {
          const { Session } = await this.#call('VerifySoftwareToken', { Session: challenge.session, UserCode: given });
          return await this.#respond('MFA_SETUP', { ...challenge, session: Session ?? '' }, {});
        }
      }
    } catch (error) {
      throw refusalOf(error) === 'wrong-credentials' ? new CognitoFailure('too-late') : error;
    }
  }

  async #respond(name: string, challenge: Pick<Challenge, 'user' | 'email' | 'session'>, given: Record<string, string>) {
    const answer = await this.#call('RespondToAuthChallenge', {
      ClientId: this.#client,
      ChallengeName: name,
      Session: challenge.session,
      ChallengeResponses: { USERNAME: challenge.user, ...given },
    });
    return this.#next(answer, challenge);
  }

  async #next(answer: AuthAnswer, before: Pick<Challenge, 'user' | 'email'>): Promise<Tokens | Challenge> {
    const { ChallengeName: name, ChallengeParameters: told = {}, Session: session } = answer;
    if (name === undefined || session === undefined) return tokensOf(answer);
    const about = { user: told.USER_ID_FOR_SRP ?? before.user, email: before.email, session };
    if (name === 'NEW_PASSWORD_REQUIRED') return { ...about, asks: 'new-password' };
    if (isFactor(name)) return { ...about, asks: 'second-factor', factor: name, sentTo: told.CODE_DELIVERY_DESTINATION };
    if (name === 'SELECT_MFA_TYPE') {
      const factor = (Object.keys(FACTORS) as Factor[]).find((known) => told.MFAS_CAN_CHOOSE?.includes(known));
      if (factor !== undefined) return this.#respond(name, about, { ANSWER: factor });
    }
    if (name === 'MFA_SETUP' && told.MFAS_CAN_SETUP?.includes('SOFTWARE_TOKEN_MFA')) {
      const { SecretCode: key, Session: next } = await this.#call('AssociateSoftwareToken', { Session: session });
      if (key !== undefined && next !== undefined) return { ...about, session: next, asks: 'authenticator', key };
    }
    throw new CognitoFailure('unknown-challenge');
  }

  async renew(refresh: string): Promise<Tokens> {
    const answer = await this.#call('InitiateAuth', {
      ClientId: this.#client,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: refresh },
    });
    return tokensOf(answer, refresh);
  }

  /** Revokes the refresh token. */
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
    throw new CognitoFailure(refusalFor(answer.status, found.__type));
  }
}

/** A body as an object; null if it is none, for example a proxy's HTML page. */
function asObject(text: string): (AuthAnswer & { __type?: string }) | null {
  if (text === '') return {};
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' ? found : null;
  } catch {
    return null;
  }
}

function isFactor(name: string): name is Factor {
  return Object.hasOwn(FACTORS, name);
}

function tokensOf(answer: AuthAnswer, before?: string): Tokens {
  const found = answer.AuthenticationResult;
  const refresh = found?.RefreshToken ?? before;
  if (!found || !refresh) throw new CognitoFailure('unknown-challenge');
  const { name, email }: Partial<Claims> = found.IdToken === undefined ? {} : claimsOf(found.IdToken);
  return { access: found.AccessToken, refresh, ...(email === undefined ? {} : { name: name ?? email, email }) };
}

/** What a token says, unchecked: the API checks it, a page only shows it. */
export function claimsOf(token: string): Claims {
  const payload = token.split('.')[1] ?? '';
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
}
