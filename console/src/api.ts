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
  /** An access token; a renewed one, if the last was `refused`. */
  token(refused?: string): Promise<string>;
  /** This token, which had just been renewed, was refused. */
  end(refused: string): void;
}

const SECONDS = 15;
/** Issue-session answers within 25 seconds; the gateway gives up at 30. */
const ISSUE_SECONDS = 31;

const SLUGS: Record<Slug, true> = {
  'invalid-request': true,
  unauthenticated: true,
  'not-allowed': true,
  'unknown-customer': true,
  'not-found': true,
  'wrong-step': true,
  conflict: true,
  'code-refused': true,
  'environment-refused': true,
  'grant-exists': true,
  'grant-refused': true,
  'too-many-requests': true,
  unavailable: true,
};

/** The routes that the agents' console and the customers' page call. Every method throws a `Failure` and nothing else. */
export class Api {
  readonly #url: string;
  readonly #account: TokenSource;
  #doubtedAt = 0;

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

  read(id: string): Promise<Verification> {
    return this.#call('GET', `/verifications/${id}`);
  }

  /** Each reading is a step of the record, and there are only so many. */
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

  cancel(id: string, body: Schemas['Cancel']): Promise<Verification> {
    return this.#post(`/verifications/${id}/cancel`, body);
  }

  redeem(body: Schemas['RedeemSupportGrant']): Promise<Verification> {
    return this.#post('/support-grant/redeem', body);
  }

  /** The customer's live grant, or null. */
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

  /** The credentials are in this answer and in no other. */
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

  /** A route that anybody may call. Nothing is made of the answer. */
  async #open(path: string, body: object): Promise<void> {
    try {
      const answer = await this.#fetch('POST', path, JSON.stringify(body), null, SECONDS);
      if (!answer.ok) throw await failureOf(answer);
    } catch (error) {
      throw Failure.from(error);
    }
  }

  #post<Answer>(path: string, body: object, seconds = SECONDS): Promise<Answer> {
    return this.#call('POST', path, JSON.stringify(body), seconds);
  }

  async #call<Answer>(method: string, path: string, body: string | null = null, seconds = SECONDS): Promise<Answer> {
    const send = (token: string) => this.#fetch(method, path, body, token, seconds);
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
   * A gateway that leaves the CORS headers out of its own 401 makes it look like no answer at all. What only reads is then
   * repeated with a renewed token, once a minute at most.
   */
  #mayBeRefused(): boolean {
    if (!navigator.onLine || Date.now() - this.#doubtedAt < 60_000) return false;
    this.#doubtedAt = Date.now();
    return true;
  }

  #fetch(method: string, path: string, body: string | null, token: string | null, seconds: number): Promise<Response> {
    const headers: Record<string, string> = {};
    if (token !== null) headers.authorization = `Bearer ${token}`;
    if (body !== null) headers['content-type'] = 'application/json';
    return fetch(this.#url + path, {
      method,
      headers,
      body,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(seconds * 1000),
    });
  }
}

/** Whether a function gave this answer; what API Gateway refuses by itself has its own body. */
function isProblem(answer: Response): boolean {
  return answer.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
}

/** Whether API Gateway did not take the token. */
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
  return slug in SLUGS;
}
