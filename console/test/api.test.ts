import { beforeEach, describe, expect, test, vi } from 'vitest';
import { serverNow } from '../../pages/consent/server-clock.js';
import { Api, type TokenSource } from '../src/api';
import { Failure, type FailureKind } from '../src/failure';
import { verification } from './samples';

const fetched = vi.fn<typeof fetch>();
const account = { token: vi.fn<TokenSource['token']>(), end: vi.fn<TokenSource['end']>() };
const api = () => new Api('https://api.example.com', account);
const json = (status: number, body: object, headers: HeadersInit = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const problem = (status: number, slug: string, headers: HeadersInit = {}) =>
  json(
    status,
    { type: `/problems/${slug}`, title: '', status, detail: '', request_id: 'r' },
    { 'content-type': 'application/problem+json', ...headers },
  );
const sent = (call: number) => new Headers(fetched.mock.calls[call]?.[1]?.headers).get('authorization');

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const failure = await call.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(failure instanceof Failure)) throw new Error('no failure');
  return failure;
}

beforeEach(() => {
  fetched.mockReset();
  account.token.mockReset().mockImplementation((refused) => Promise.resolve(refused === undefined ? 'first' : 'renewed'));
  account.end.mockReset();
  vi.stubGlobal('fetch', fetched);
  vi.stubGlobal('navigator', { onLine: true });
});

test('a call carries the access token and is neither cached nor sent with cookies or an address', async () => {
  fetched.mockResolvedValue(json(200, verification()));
  await api().read('AAAAAAAAAAAAAAAAAAAAAA');
  const [address, options] = fetched.mock.calls[0] ?? [];
  expect(address).toBe('https://api.example.com/verifications/AAAAAAAAAAAAAAAAAAAAAA');
  expect(options).toMatchObject({ method: 'GET', body: null, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' });
  expect(sent(0)).toBe('Bearer first');
});

test('an id from the directory is escaped in the path', async () => {
  fetched.mockResolvedValue(json(200, {}));
  await api().activityDetail('AAAAAAAAAAAAAAAAAAAAAA', 'a/b?c');
  expect(fetched.mock.calls[0]?.[0]).toMatch(/\/activity\/a%2Fb%3Fc$/u);
});

describe('a token that the gateway refuses', () => {
  test('is renewed, and the call repeated once', async () => {
    fetched.mockResolvedValueOnce(json(401, { message: 'Unauthorized' })).mockResolvedValueOnce(json(200, verification()));
    await api().cancel('AAAAAAAAAAAAAAAAAAAAAA', { reason: 'done' });
    expect([sent(0), sent(1)]).toEqual(['Bearer first', 'Bearer renewed']);
    expect(account.end).not.toHaveBeenCalled();
  });

  test('although it was just renewed ends the sign-in', async () => {
    fetched.mockImplementation(() => Promise.resolve(json(401, { message: 'Unauthorized' })));
    expect((await failureOf(api().read('x'))).kind).toBe('signed-out');
    expect(account.end).toHaveBeenCalledWith('renewed');
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  test('is not what a function’s own 401 means', async () => {
    fetched.mockResolvedValue(problem(401, 'unauthenticated'));
    expect((await failureOf(api().read('x'))).kind).toBe('unauthenticated');
    expect(fetched).toHaveBeenCalledOnce();
  });
});

describe('a call without an answer', () => {
  test('is repeated with a renewed token if it only reads, at most once a minute', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    const one = api();
    expect((await failureOf(one.read('x'))).kind).toBe('offline');
    expect(fetched).toHaveBeenCalledTimes(2);
    await failureOf(one.read('x'));
    expect(fetched).toHaveBeenCalledTimes(3);
  });

  test('is not repeated if it changes something', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    await failureOf(api().cancel('x', { reason: 'done' }));
    expect(fetched).toHaveBeenCalledOnce();
  });

  test('is not repeated without a network', async () => {
    vi.stubGlobal('navigator', { onLine: false });
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    await failureOf(api().read('x'));
    expect(fetched).toHaveBeenCalledOnce();
  });
});

describe('a refusal becomes the failure', () => {
  test.each<[string, Response, FailureKind]>([
    ['that the problem names', problem(409, 'wrong-step'), 'wrong-step'],
    ['“unexpected”, if the problem is unknown', problem(418, 'teapot'), 'unexpected'],
    ['“unexpected”, if the problem has the name of something else', problem(400, 'constructor'), 'unexpected'],
    ['“throttled”, if the gateway refused', json(429, { message: 'Too Many Requests' }), 'throttled'],
    ['“unavailable”, if the gateway failed', json(502, { message: 'Bad Gateway' }), 'unavailable'],
    ['“unexpected”, if it is none of these', json(403, { message: 'Forbidden' }), 'unexpected'],
    ['“unexpected”, if the answer is not JSON', new Response('<html>', { status: 200 }), 'unexpected'],
  ])('%s', async (_, answer, kind) => {
    fetched.mockResolvedValue(answer);
    expect((await failureOf(api().read('x'))).kind).toBe(kind);
  });

  test('with the time that the server asks to wait', async () => {
    fetched.mockResolvedValue(problem(429, 'too-many-requests', { 'retry-after': '30' }));
    const before = serverNow();
    const { retryAt } = await failureOf(api().read('x'));
    expect(retryAt).toBeGreaterThanOrEqual(before + 30_000);
  });

  test('without one, if the server’s answer is no number', async () => {
    fetched.mockResolvedValue(problem(429, 'too-many-requests', { 'retry-after': 'tomorrow' }));
    expect((await failureOf(api().read('x'))).retryAt).toBeNull();
  });
});

describe('a customer’s grant', () => {
  test('is null if there is none', async () => {
    fetched.mockResolvedValue(problem(404, 'not-found'));
    expect(await api().grant()).toBeNull();
  });

  test('is revoked by an answer without a body', async () => {
    fetched.mockResolvedValue(new Response(null, { status: 204 }));
    await expect(api().revoke()).resolves.toBeUndefined();
  });
});

test('a recovery needs no token', async () => {
  fetched.mockResolvedValue(new Response(null, { status: 202 }));
  await api().askForRecovery({ email: 'ana@example.com' });
  expect(account.token).not.toHaveBeenCalled();
  expect(sent(0)).toBeNull();
});
