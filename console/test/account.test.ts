import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Account, AGENTS, type Agent, CUSTOMERS, type Person } from '../src/account';
import { setClock } from '../src/clock';
import type { Cognito, Tokens } from '../src/cognito';
import { CognitoFailure } from '../src/cognito-refusal';
import { Failure } from '../src/failure';
import { tab } from '../src/kept';
import type { Sharing } from '../src/sharing';

const NOON = Date.parse('2026-10-28T12:00:00Z') / 1000;
const MINUTES = 60;

const cognito = {
  signIn: vi.fn<Cognito['signIn']>(),
  answer: vi.fn<Cognito['answer']>(),
  renew: vi.fn<Cognito['renew']>(),
  revoke: vi.fn<Cognito['revoke']>(),
};

function tokens(sub: string, issued = NOON, changes: object = {}): Tokens {
  const claims = { sub, iat: issued, exp: issued + 15 * MINUTES, name: `Agent ${sub}`, email: `${sub}@example.com`, ...changes };
  return { access: `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`, refresh: `refresh-${sub}` };
}

const account = () => new Account<Agent>(cognito as unknown as Cognito, AGENTS);

async function signedIn(found = tokens('ana')): Promise<Account<Agent>> {
  const made = account();
  cognito.signIn.mockResolvedValueOnce(found);
  await made.signIn('ana@example.com', 'secret');
  return made;
}

async function kindOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof Failure ? error.kind : String(error);
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOON * 1000 });
  for (const call of Object.values(cognito)) call.mockReset();
  cognito.revoke.mockResolvedValue(undefined);
  for (const key of [...tab.keys()]) tab.delete(key);
  setClock(NOON);
});
afterEach(() => void vi.useRealTimers());

describe('an agent', () => {
  test('is read from the access token, with what their groups allow', async () => {
    const ana = await signedIn(tokens('ana', NOON, { 'cognito:groups': ['CustomerService', 'SupportSupervisor'] }));
    expect(ana.current?.person).toEqual({ id: 'ana', name: 'Agent ana', email: 'ana@example.com', allowed: true, supervisor: true });
  });

  test('in no group may do nothing', async () => {
    expect((await signedIn()).current?.person).toMatchObject({ allowed: false, supervisor: false });
  });
});

test('a customer is read from what the ID token said, and kept under names of their own', async () => {
  const carla = new Account(cognito as unknown as Cognito, CUSTOMERS);
  cognito.signIn.mockResolvedValueOnce({ ...tokens('carla'), name: 'Carla Núñez', email: 'carla@example.com' });
  await carla.signIn('carla@example.com', 'secret');
  expect(carla.current?.person).toEqual({ id: 'carla', name: 'Carla Núñez', email: 'carla@example.com' });
  expect([...tab.keys()].filter((key) => key !== 'clock').every((key) => key.startsWith('customer/'))).toBe(true);
});

test('a sign-in survives a reload', async () => {
  await signedIn();
  expect(account().current?.person.id).toBe('ana');
});

test('what Cognito asks for is passed on, and nobody is signed in yet', async () => {
  const made = account();
  const challenge = { asks: 'new-password', user: 'u', email: 'e', session: 's' } as const;
  cognito.signIn.mockResolvedValueOnce(challenge);
  expect(await made.signIn('ana@example.com', 'first')).toBe(challenge);
  expect(made.current).toBeNull();
  cognito.answer.mockResolvedValueOnce(tokens('ana'));
  expect(await made.answer(challenge, 'Pan-dulce8')).toBeNull();
  expect(made.current?.person.id).toBe('ana');
});

describe('the access token', () => {
  test('is used until a minute before it expires, then renewed', async () => {
    const ana = await signedIn();
    vi.advanceTimersByTime(13 * MINUTES * 1000);
    expect(await ana.token()).toBe(tokens('ana').access);
    expect(cognito.renew).not.toHaveBeenCalled();
    vi.advanceTimersByTime(MINUTES * 1000);
    cognito.renew.mockResolvedValueOnce(tokens('ana', NOON + 14 * MINUTES));
    expect(await ana.token()).toBe(tokens('ana', NOON + 14 * MINUTES).access);
  });

  test('is renewed once, however many calls wait for it', async () => {
    const ana = await signedIn();
    const refused = tokens('ana').access;
    cognito.renew.mockResolvedValueOnce(tokens('ana', NOON + 1));
    const found = await Promise.all([ana.token(refused), ana.token(refused), ana.token(refused)]);
    expect(new Set(found).size).toBe(1);
    expect(cognito.renew).toHaveBeenCalledOnce();
  });

  test('of another person is never given to a call of this one', async () => {
    const ana = await signedIn();
    expect(await kindOf(ana.token(tokens('ben').access))).toBe('signed-out');
  });

  test('is not there for people who are not signed in', async () => {
    expect(await kindOf(account().token())).toBe('signed-out');
  });
});

describe('a renewal that fails', () => {
  test.each([
    ['offline', 'offline'],
    ['too-many-attempts', 'throttled'],
    ['unavailable', 'unavailable'],
    ['unexpected', 'unavailable'],
  ] as const)('with “%s” is the failure “%s”, and the sign-in stays', async (refusal, kind) => {
    const ana = await signedIn();
    cognito.renew.mockRejectedValueOnce(new CognitoFailure(refusal));
    expect(await kindOf(ana.token(tokens('ana').access))).toBe(kind);
    expect(ana.current?.person.id).toBe('ana');
  });

  test('by Cognito’s refusal ends the sign-in and says so', async () => {
    const ana = await signedIn();
    cognito.renew.mockRejectedValueOnce(new CognitoFailure('wrong-credentials'));
    expect(await kindOf(ana.token(tokens('ana').access))).toBe('signed-out');
    expect([ana.current, ana.ended]).toEqual([null, true]);
  });

  test('after a sign-out says nothing about the next person', async () => {
    const ana = await signedIn();
    let fail: (error: unknown) => void = () => undefined;
    const renewal = new Promise<never>((_, reject) => {
      fail = reject;
    });
    cognito.renew.mockReturnValueOnce(renewal);
    const waiting = kindOf(ana.token(tokens('ana').access));
    await ana.signOut();
    cognito.signIn.mockResolvedValueOnce(tokens('ben'));
    await ana.signIn('ben@example.com', 'secret');
    fail(new CognitoFailure('wrong-credentials'));
    expect(await waiting).toBe('signed-out');
    expect(ana.current?.person.id).toBe('ben');
  });
});

describe('what the tab keeps', () => {
  test('is deleted when people sign out', async () => {
    const ana = await signedIn();
    tab.set('filters', '{}');
    await ana.signOut();
    expect(cognito.revoke).toHaveBeenCalledWith('refresh-ana');
    expect([...tab.keys()]).toEqual([]);
  });

  test('stays when a sign-in ends by itself, so that the same person can return to it', async () => {
    const ana = await signedIn();
    tab.set('filters', '{}');
    ana.end(tokens('ana').access);
    expect(tab.get('filters')).toBe('{}');
    cognito.signIn.mockResolvedValueOnce(tokens('ana', NOON + 1));
    await ana.signIn('ana@example.com', 'secret');
    expect(tab.get('filters')).toBe('{}');
  });

  test('is deleted when another person signs in', async () => {
    const ana = await signedIn();
    tab.set('filters', '{}');
    ana.end(tokens('ana').access);
    cognito.signIn.mockResolvedValueOnce(tokens('ben'));
    await ana.signIn('ben@example.com', 'secret');
    expect(tab.get('filters')).toBeUndefined();
  });

  test('is not touched by the end of a token that is no longer in use', async () => {
    const ana = await signedIn();
    ana.end(tokens('ana', NOON - 1).access);
    expect(ana.current?.person.id).toBe('ana');
  });
});

test('a sign-out works without a network, too', async () => {
  const ana = await signedIn();
  cognito.revoke.mockRejectedValueOnce(new CognitoFailure('offline'));
  await ana.signOut();
  expect([ana.current, ana.ended]).toEqual([null, false]);
});

test('listeners hear of every change, until they leave', async () => {
  const ana = await signedIn();
  const heard = vi.fn();
  const leave = ana.subscribe(heard);
  ana.end(tokens('ana').access);
  leave();
  cognito.signIn.mockResolvedValueOnce(tokens('ana'));
  await ana.signIn('ana@example.com', 'secret');
  expect(heard).toHaveBeenCalledOnce();
});

describe('the tabs of one browser', () => {
  /** Tabs that hear each other, as over a channel. */
  function tabs() {
    const heard: { current: () => Tokens | null; left: (person: string) => void }[] = [];
    return (): Sharing => {
      let mine: (typeof heard)[number] | undefined;
      const others = () => heard.filter((each) => each !== mine);
      return {
        ask: async () =>
          others()
            .map(({ current }) => current())
            .find((found) => found !== null) ?? null,
        leave: (person) => {
          for (const { left } of others()) left(person);
        },
        answer: (current, left) => {
          mine = { current, left };
          heard.push(mine);
        },
      };
    };
  }
  const inTab = (sharing: Sharing) => new Account<Agent>(cognito as unknown as Cognito, AGENTS, sharing);

  test('share a sign-in, and its end', async () => {
    const open = tabs();
    const first = inTab(open());
    cognito.signIn.mockResolvedValueOnce(tokens('ana'));
    await first.signIn('ana@example.com', 'secret');
    for (const key of [...tab.keys()]) tab.delete(key);
    const second = inTab(open());
    expect(second.current).toBeNull();
    await second.join();
    expect(second.current?.person.id).toBe('ana');
    cognito.revoke.mockResolvedValueOnce(undefined);
    await second.signOut();
    expect(first.current).toBeNull();
    expect(first.ended).toBe(false);
  });

  test('leave another person’s sign-in alone', async () => {
    const open = tabs();
    const first = inTab(open());
    cognito.signIn.mockResolvedValueOnce(tokens('ana'));
    await first.signIn('ana@example.com', 'secret');
    open().leave('tom');
    expect(first.current?.person.id).toBe('ana');
    const second = inTab(open());
    cognito.signIn.mockResolvedValueOnce(tokens('tom'));
    await second.signIn('tom@example.com', 'secret');
    await second.join();
    expect(second.current?.person.id).toBe('tom');
  });
});

test('each page deletes its own keys alone', async () => {
  const customers = new Account<Person>(cognito as unknown as Cognito, CUSTOMERS);
  cognito.signIn.mockResolvedValueOnce({ ...tokens('carla'), name: 'Carla', email: 'carla@example.com' });
  await customers.signIn('carla@example.com', 'secret');
  const customersKeys = [...tab.keys()].filter((key) => key.startsWith('customer/'));
  expect(customersKeys).not.toEqual([]);
  const ana = await signedIn();
  expect([...tab.keys()]).toEqual(expect.arrayContaining(customersKeys));
  cognito.revoke.mockResolvedValueOnce(undefined);
  await ana.signOut();
  expect([...tab.keys()].filter((key) => key !== 'clock')).toEqual(customersKeys);
});
