import { measureBy } from '../../pages/consent/server-clock.js';
import type { components } from './contract';
import { Failure } from './failure';
import type {
  Activity,
  ActivityDetail,
  IssuedVerification,
  Problem,
  Search,
  SearchPage,
  Slug,
  SupportCredentials,
  SupportGrant,
  SupportGrantOptions,
  Verification,
} from './model';

type Schemas = components['schemas'];

export interface TokenSource {
  /** Returns an access token; a renewed one if the last was `refused`. */
  token: (refused?: string) => Promise<string>;
  /** Ends the sign-in: this token was refused, although it had just been renewed. */
  end: (refused: string) => void;
}

const SECONDS = 15;
/** Issue-session answers within 25 seconds; the gateway gives up after 30. */
const ISSUE_SECONDS = 31;

interface Call {
  method: string;
  path: string;
  body: string | null;
  token: string | null;
  seconds: number;
}

const SLUGS: Record<Slug, true> = {
  'invalid-request': true,
  unauthenticated: true,
  'not-allowed': true,
  'unknown-customer': true,
  'not-found': true,
  'wrong-step': true,
  conflict: true,
  'unreadable-record': true,
  'code-refused': true,
  'environment-refused': true,
  'grant-exists': true,
  'grant-refused': true,
  'too-many-requests': true,
  unavailable: true,
  'other-version': true,
};

/** The routes that the agents' console and the customers' page call. Every method throws only `Failure`. */
export class Api {
  readonly #url: string;
  readonly #account: TokenSource;
  #doubtedUntil = 0;

  constructor(url: string, account: TokenSource) {
    this.#url = url;
    this.#account = account;
  }

  start(body: Schemas['StartVerification']): Promise<Verification> {
    return this.#post('/verifications', body);
  }

  search(body: Search): Promise<SearchPage> {
    return this.#post('/verifications/search', body);
  }

  /** `fresh: false` may be about a second old, for half the price. */
  read(id: string, { fresh = true } = {}): Promise<Verification> {
    return this.#call('GET', `/verifications/${id}${fresh ? '' : '?fresh=false'}`);
  }

  /** Each read is recorded as a step, and their number is limited. */
  activity(id: string, cursor: string | null): Promise<Activity> {
    return this.#call('GET', `/verifications/${id}/activity${cursor === null ? '' : `?cursor=${cursor}`}`);
  }

  activityDetail(id: string, item: string): Promise<ActivityDetail> {
    return this.#call('GET', `/verifications/${id}/activity/${encodeURIComponent(item)}`);
  }

  send(id: string, body: Schemas['SendMfa']): Promise<Verification> {
    return this.#post(`/verifications/${id}/mfa`, body);
  }

  enter(id: string, body: Schemas['VerifyCode']): Promise<Verification> {
    return this.#post(`/verifications/${id}/code`, body);
  }

  issue(id: string): Promise<IssuedVerification> {
    return this.#post(`/verifications/${id}/session`, {}, ISSUE_SECONDS);
  }

  finish(id: string): Promise<Verification> {
    return this.#post(`/verifications/${id}/finish`, {});
  }

  cancel(id: string, body: Schemas['Cancel']): Promise<Verification> {
    return this.#post(`/verifications/${id}/cancel`, body);
  }

  redeem(body: Schemas['RedeemSupportGrant']): Promise<Verification> {
    return this.#post('/support-grant/redeem', body);
  }

  /** The customer's active grant, or null. */
  async grant(): Promise<SupportGrant | null> {
    try {
      return await this.#call<SupportGrant>('GET', '/support-grant');
    } catch (error) {
      if (error instanceof Failure && error.kind === 'not-found') return null;
      throw error;
    }
  }

  grantOptions(): Promise<SupportGrantOptions> {
    return this.#call('GET', '/support-grant/options');
  }

  /** This answer is the only one that has the credentials. */
  offer(body: Schemas['CreateSupportGrant']): Promise<SupportCredentials> {
    return this.#post('/support-grant', body);
  }

  regenerate(): Promise<SupportCredentials> {
    return this.#call('POST', '/support-grant/regenerate');
  }

  async revoke(): Promise<void> {
    await this.#call('DELETE', '/support-grant');
  }

  async askForRecovery(body: Schemas['AskForRecovery']): Promise<void> {
    await this.#open('/recovery', body);
  }

  async confirmRecovery(body: Schemas['ConfirmRecovery']): Promise<void> {
    await this.#open('/recovery/confirm', body);
  }

  /** Calls a route that anybody may call. Its answer says nothing. */
  async #open(path: string, body: object): Promise<void> {
    try {
      const answer = await this.#fetch({ method: 'POST', path, body: JSON.stringify(body), token: null, seconds: SECONDS });
      if (!answer.ok) throw await failureOf(answer);
    } catch (error) {
      throw Failure.from(error);
    }
  }

  #post<Answer>(path: string, body: object, seconds = SECONDS): Promise<Answer> {
    return this.#call('POST', path, JSON.stringify(body), seconds);
  }

  async #call<Answer>(method: string, path: string, body: string | null = null, seconds = SECONDS): Promise<Answer> {
    const send = (token: string) => this.#fetch({ method, path, body, token, seconds });
    try {
      const token = await this.#account.token();
      let answer = await send(token).catch((error: unknown) => {
        if (method === 'GET' && this.#mayBeRefused()) return null;
        throw error;
      });
      if (answer === null || refused(answer)) {
        const renewed = await this.#account.token(token);
        answer = await send(renewed);
        if (refused(answer)) this.#account.end(renewed);
      }
      if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as Answer;
      throw await failureOf(answer);
    } catch (error) {
      throw Failure.from(error);
    }
  }

  /**
   * Whether a call that got no answer may have been refused: a gateway's own 401 without CORS headers looks like that. A call that only
   * reads is then repeated with a renewed token, at most once a minute.
   */
  #mayBeRefused(): boolean {
    if (!navigator.onLine || performance.now() < this.#doubtedUntil) return false;
    this.#doubtedUntil = performance.now() + 60_000;
    return true;
  }

  async #fetch({ method, path, body, token, seconds }: Call): Promise<Response> {
    const headers: Record<string, string> = {};
    if (token !== null) headers.authorization = `Bearer ${token}`;
    if (body !== null) headers['content-type'] = 'application/json';
    const sent = performance.now();
    const answer = await fetch(this.#url + path, {
      method,
      headers,
      body,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(seconds * 1000),
    });
    measureBy(answer, sent);
    return answer;
  }
}

/** Whether a function gave this answer. What API Gateway refuses by itself has another body. */
function isProblem(answer: Response): boolean {
  return answer.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
}

/** Whether API Gateway refused the token. */
function refused(answer: Response): boolean {
  return answer.status === 401 && !isProblem(answer);
}

async function failureOf(answer: Response): Promise<Failure> {
  const retryAfter = Number(answer.headers.get('retry-after')) || null;
  if (isProblem(answer)) {
    const problem = (await answer.json()) as Problem;
    const slug = problem.type.replace('/problems/', '');
    if (isSlug(slug)) return new Failure(slug, problem, retryAfter);
    return new Failure('unexpected', problem);
  }
  if (refused(answer)) return new Failure('signed-out');
  if (answer.status === 429) return new Failure('throttled', null, retryAfter);
  return new Failure(answer.status >= 500 ? 'unavailable' : 'unexpected');
}

function isSlug(slug: string): slug is Slug {
  return Object.hasOwn(SLUGS, slug);
}
