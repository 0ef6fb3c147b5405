import { serverNow, setClock } from './clock';
import { type Challenge, type Cognito, CognitoFailure, type CognitoRefusal, claimsOf, type Tokens } from './cognito';
import { Failure } from './failure';
import { tab } from './kept';

export interface Person {
  id: string;
  name: string;
  email: string;
}

export interface Agent extends Person {
  /** In the group that may open verifications at all. */
  allowed: boolean;
  /** Reads everyone's verifications. */
  supervisor: boolean;
}

export interface SignedIn<Who extends Person> {
  tokens: Tokens;
  /** When the access token dies, in milliseconds of the server's clock. */
  expiresAt: number;
  person: Who;
}

/** A kind of user: who he is by his tokens, and where this tab keeps what is his. */
export interface Users<Who extends Person> {
  read: (tokens: Tokens) => Who;
  /** What the names of all that is kept for them begin with. */
  prefix: string;
}

const KEPT = 'sign-in';
/** Whose everything else is that this tab keeps: it outlasts a sign-in that ends by itself, and is gone with another user's. */
const OWNER = 'owner';
/** A token with less to live than this is renewed before it is used. */
const SPARE_MILLISECONDS = 60_000;
/** What Cognito says when a sign-in is over. Whatever else keeps a token from being renewed may pass. */
const OVER: CognitoRefusal[] = ['wrong-credentials', 'reset-required', 'unknown-challenge'];

/** Who is signed in in this tab, and his tokens: in memory and in the tab's own storage, never in one that other tabs share. */
export class Account<Who extends Person> {
  readonly #cognito: Cognito;
  readonly #users: Users<Who>;
  readonly #listeners = new Set<() => void>();
  #signedIn: SignedIn<Who> | null;
  #renewal: { of: Tokens; access: Promise<string> } | null = null;
  /** Whether the sign-in ended by itself, which the sign-in page tells. */
  ended = false;

  constructor(cognito: Cognito, users: Users<Who>) {
    this.#cognito = cognito;
    this.#users = users;
    const kept = tab.get(users.prefix + KEPT);
    this.#signedIn = kept === undefined ? null : this.#signedInWith(JSON.parse(kept) as Tokens);
  }

  get current(): SignedIn<Who> | null {
    return this.#signedIn;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async signIn(email: string, password: string): Promise<Challenge | null> {
    return this.#enter(await this.#cognito.signIn(email, password));
  }

  /** Gives what was asked for, and answers what is asked for next. */
  async answer(challenge: Challenge, given: string): Promise<Challenge | null> {
    return this.#enter(await this.#cognito.answer(challenge, given));
  }

  #enter(answer: Tokens | Challenge): Challenge | null {
    if ('asks' in answer) return answer;
    this.#keep(answer);
    return null;
  }

  /** The access token, renewed if it is about to die or is the one that was `refused`. */
  async token(refused?: string): Promise<string> {
    if (!this.#signedIn) throw new Failure('signed-out');
    const { tokens, expiresAt, person } = this.#signedIn;
    // Whose token it was is gone, and nobody else's goes with his call.
    if (refused !== undefined && claimsOf(refused).sub !== person.id) throw new Failure('signed-out');
    if (tokens.access !== refused && serverNow() < expiresAt - SPARE_MILLISECONDS) return tokens.access;
    if (this.#renewal?.of !== tokens) this.#renewal = { of: tokens, access: this.#renew(tokens) };
    return this.#renewal.access;
  }

  async signOut(): Promise<void> {
    const tokens = this.#signedIn?.tokens;
    this.#forget(false);
    // Best effort: without a network the tokens are forgotten here, and die by themselves.
    if (tokens) await this.#cognito.revoke(tokens.refresh).catch(() => undefined);
  }

  /** The API would not take a token that had just been renewed. */
  end(refused: string): void {
    if (this.#signedIn?.tokens.access === refused) this.#forget(true);
  }

  async #renew(tokens: Tokens): Promise<string> {
    // Signed out meanwhile, or somebody else in: the answer is about nobody who is here.
    const late = () => this.#signedIn?.tokens !== tokens;
    try {
      const renewed = { ...tokens, ...(await this.#cognito.renew(tokens.refresh)) };
      if (late()) throw new Failure('signed-out');
      this.#keep(renewed);
      return renewed.access;
    } catch (error) {
      if (late()) throw new Failure('signed-out');
      const refusal = error instanceof CognitoFailure ? error.refusal : 'unexpected';
      if (refusal === 'offline') throw new Failure('offline');
      if (refusal === 'too-many-attempts') throw new Failure('throttled');
      if (!OVER.includes(refusal)) throw new Failure('unavailable');
      this.#forget(true);
      throw new Failure('signed-out');
    } finally {
      if (this.#renewal?.of === tokens) this.#renewal = null;
    }
  }

  #keep(tokens: Tokens): void {
    const { prefix } = this.#users;
    this.#signedIn = this.#signedInWith(tokens);
    this.ended = false;
    const owner = JSON.stringify(this.#signedIn.person.id);
    if (tab.get(prefix + OWNER) !== owner) this.#clear();
    tab.set(prefix + OWNER, owner);
    setClock(claimsOf(tokens.access).iat);
    tab.set(prefix + KEPT, JSON.stringify(tokens));
    this.#tell();
  }

  #forget(ended: boolean): void {
    this.#signedIn = null;
    this.ended = ended;
    // Whoever ended it himself is gone; otherwise the user comes back to where he was.
    if (ended) tab.delete(this.#users.prefix + KEPT);
    else this.#clear();
    this.#tell();
  }

  #clear(): void {
    for (const key of tab.keys()) {
      if (key.startsWith(this.#users.prefix)) tab.delete(key);
    }
  }

  #signedInWith(tokens: Tokens): SignedIn<Who> {
    return { tokens, expiresAt: claimsOf(tokens.access).exp * 1000, person: this.#users.read(tokens) };
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const AGENTS: Users<Agent> = {
  prefix: '',
  read: (tokens) => {
    const claims = claimsOf(tokens.access);
    const groups = claims['cognito:groups'] ?? [];
    const email = claims.email ?? '';
    return {
      id: claims.sub,
      name: claims.name ?? email,
      email,
      allowed: groups.includes('CustomerService'),
      supervisor: groups.includes('SupportSupervisor'),
    };
  },
};

/** A tab may be both an agent's and a customer's, on a developer's machine for instance. */
export const CUSTOMERS: Users<Person> = {
  prefix: 'customer/',
  read: ({ access, name = '', email = '' }) => ({ id: claimsOf(access).sub, name, email }),
};
