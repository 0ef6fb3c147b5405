import { serverNow } from '../../pages/consent/server-clock.js';
import { setClock } from './clock';
import { type Challenge, type Cognito, claimsOf, type Tokens } from './cognito';
import { type CognitoRefusal, refusalOf } from './cognito-refusal';
import { Failure } from './failure';
import { tab } from './kept';
import type { Sharing } from './sharing';

export interface Person {
  id: string;
  name: string;
  email: string;
}

export interface Agent extends Person {
  /** Whether they are in the group that may open verifications. */
  allowed: boolean;
  /** Whether they may read everyone's verifications. */
  supervisor: boolean;
}

export interface SignedIn<Who extends Person> {
  tokens: Tokens;
  /** When the access token expires, in milliseconds of the server's clock. */
  expiresAt: number;
  person: Who;
}

/** A kind of user: how to read a person from their tokens, and where this tab keeps their data. */
export interface Users<Who extends Person> {
  read: (tokens: Tokens) => Who;
  /** The prefix of the keys of their sign-in. */
  prefix: string;
  /** Whether a key of this tab's storage is theirs. */
  owns: (key: string) => boolean;
}

const KEPT = 'sign-in';
/** The person to whom the kept data belongs. It outlasts a sign-in that ends by itself, and is deleted when another person signs in. */
const OWNER = 'owner';
/** A token that expires sooner than this is renewed before it is used. */
const SPARE_MILLISECONDS = 60_000;
/** What Cognito answers when a sign-in has ended. Any other failure to renew a token may be temporary. */
const OVER: CognitoRefusal[] = ['wrong-credentials', 'reset-required', 'unknown-challenge'];

/**
 * The person who is signed in in this tab, and their tokens: in memory and in the tab's own storage, never in one that outlives the tab.
 * `sharing` hands them to the tabs that are opened meanwhile.
 */
export class Account<Who extends Person> {
  readonly #cognito: Cognito;
  readonly #users: Users<Who>;
  readonly #sharing: Sharing | null;
  readonly #listeners = new Set<() => void>();
  #signedIn: SignedIn<Who> | null;
  #renewal: { of: Tokens; access: Promise<string> } | null = null;
  /** Whether the sign-in ended by itself. The sign-in page says so. */
  ended = false;

  constructor(cognito: Cognito, users: Users<Who>, sharing: Sharing | null = null) {
    this.#cognito = cognito;
    this.#users = users;
    this.#sharing = sharing;
    const kept = tab.get(users.prefix + KEPT);
    this.#signedIn = kept === undefined ? null : this.#signedInWith(JSON.parse(kept) as Tokens);
    sharing?.answer(
      () => this.#signedIn?.tokens ?? null,
      (person) => {
        if (this.#signedIn?.person.id === person) this.#forget(false);
      },
    );
  }

  /** Takes over the sign-in of another tab, if this one has none. */
  async join(): Promise<void> {
    if (this.#signedIn !== null || this.#sharing === null) return;
    const tokens = await this.#sharing.ask();
    if (tokens !== null && this.#signedIn === null) this.#keep(tokens, false);
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

  /** Gives what was asked for, and returns what is asked for next; null once signed in. */
  async answer(challenge: Challenge, given: string): Promise<Challenge | null> {
    return this.#enter(await this.#cognito.answer(challenge, given));
  }

  #enter(answer: Tokens | Challenge): Challenge | null {
    if ('asks' in answer) return answer;
    this.#keep(answer);
    return null;
  }

  /** The access token, renewed if it is about to expire or is the one that was `refused`. */
  async token(refused?: string): Promise<string> {
    if (!this.#signedIn) throw new Failure('signed-out');
    const { tokens, expiresAt, person } = this.#signedIn;
    // That person has left, and nobody else's token may go with their call.
    if (refused !== undefined && claimsOf(refused).sub !== person.id) throw new Failure('signed-out');
    if (tokens.access !== refused && serverNow() < expiresAt - SPARE_MILLISECONDS) return tokens.access;
    if (this.#renewal?.of !== tokens) this.#renewal = { of: tokens, access: this.#renew(tokens) };
    return await this.#renewal.access;
  }

  async signOut(): Promise<void> {
    const tokens = this.#signedIn?.tokens;
    if (this.#signedIn !== null) this.#sharing?.leave(this.#signedIn.person.id);
    this.#forget(false);
    // Best effort: without a network the tokens are forgotten here, and expire by themselves.
    if (tokens) await this.#cognito.revoke(tokens.refresh).catch(() => undefined);
  }

  /** Ends the sign-in: the API refused a token that had just been renewed. */
  end(refused: string): void {
    if (this.#signedIn?.tokens.access === refused) this.#forget(true);
  }

  async #renew(tokens: Tokens): Promise<string> {
    // Meanwhile the person has signed out, or somebody else has signed in: the answer concerns nobody here.
    const late = () => this.#signedIn?.tokens !== tokens;
    try {
      const renewed = { ...tokens, ...(await this.#cognito.renew(tokens.refresh)) };
      if (late()) throw new Failure('signed-out');
      this.#keep(renewed);
      return renewed.access;
    } catch (error) {
      if (late()) throw new Failure('signed-out');
      const refusal = refusalOf(error);
      if (refusal === 'offline') throw new Failure('offline');
      if (refusal === 'too-many-attempts') throw new Failure('throttled');
      if (!OVER.includes(refusal)) throw new Failure('unavailable');
      this.#forget(true);
      throw new Failure('signed-out');
    } finally {
      if (this.#renewal?.of === tokens) this.#renewal = null;
    }
  }

  /** `fresh`: they were issued just now. */
  #keep(tokens: Tokens, fresh = true): void {
    const { prefix } = this.#users;
    this.#signedIn = this.#signedInWith(tokens);
    this.ended = false;
    const owner = JSON.stringify(this.#signedIn.person.id);
    if (tab.get(prefix + OWNER) !== owner) this.#clear();
    tab.set(prefix + OWNER, owner);
    if (fresh) setClock(claimsOf(tokens.access).iat);
    tab.set(prefix + KEPT, JSON.stringify(tokens));
    this.#tell();
  }

  #forget(ended: boolean): void {
    this.#signedIn = null;
    this.ended = ended;
    // After a sign-out everything goes; otherwise the person can return to where they were.
    if (ended) tab.delete(this.#users.prefix + KEPT);
    else this.#clear();
    this.#tell();
  }

  #clear(): void {
    for (const key of tab.keys()) {
      if (this.#users.owns(key)) tab.delete(key);
    }
  }

  #signedInWith(tokens: Tokens): SignedIn<Who> {
    return { tokens, expiresAt: claimsOf(tokens.access).exp * 1000, person: this.#users.read(tokens) };
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const CUSTOMERS_PREFIX = 'customer/';

export const AGENTS: Users<Agent> = {
  prefix: '',
  // This page's own keys have no prefix; the customers' page has one.
  owns: (key) => !key.startsWith(CUSTOMERS_PREFIX),
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

/** A tab may belong to both an agent and a customer, for example on a developer's machine. */
export const CUSTOMERS: Users<Person> = {
  prefix: CUSTOMERS_PREFIX,
  owns: (key) => key.startsWith(CUSTOMERS_PREFIX),
  read: ({ access, name = '', email = '' }) => ({ id: claimsOf(access).sub, name, email }),
};
