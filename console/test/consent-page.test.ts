/** The consent page's calls and rules. Its screens are tested in a browser. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { assume } from '../../pages/consent/server-clock.js';
import { clock, cut, FOLLOWED, languageOf, OVER, pauseOf, screenAfterLink, screenOf, secondsTo } from '../../pages/consent/state.js';

const NOON = Date.parse('2026-10-28T12:00:00Z');

describe('the screen', () => {
  const SOON = '2026-10-28T12:05:00Z';

  test.each([
    ['awaiting_consent', false, SOON, null, 'request'],
    ['awaiting_consent', true, SOON, null, 'entered'],
    ['awaiting_consent', false, '2026-10-28T12:00:00Z', null, 'expired'], // P47
    ['awaiting_consent', true, '2026-10-28T12:00:00Z', null, 'expired'],
    ['awaiting_consent', false, null, null, 'expired'],
    ['consented', true, null, null, 'consented'],
    ['minting', true, null, null, 'consented'],
    ['in_session', true, null, SOON, 'session'],
    ['closed', false, null, null, 'refused'],
    ['closed', true, null, SOON, 'ended'],
  ])('at %s (entered by the customer: %s, code until %s, session until %s) is “%s”', (status, ...[entered, code, session, screen]) => {
    assume(NOON);
    expect(screenOf({ status, customer_entered: entered, code_expires_at: code, session_expires_at: session })).toBe(screen);
  });

  test('is read less often the longer nothing has changed', () => {
    expect([0, 20_000, 60_000, 300_000].map((unchanged) => pauseOf('session', unchanged))).toEqual([10_000, 10_000, 20_000, 30_000]);
    expect([0, 20_000, 60_000, 300_000].map((unchanged) => pauseOf('entered', unchanged))).toEqual([2000, 6000, 6000, 6000]);
    expect([30, 4, 0, -3].map((left) => pauseOf('session', 0, left))).toEqual([10_000, 4000, 2000, 2000]);
  });

  test('after a link that is no longer valid says only that, unless a session was seen', () => {
    expect(screenAfterLink(null, false, 0)).toBe('gone');
    expect(screenAfterLink({ status: 'awaiting_consent' }, true, 0)).toBe('gone');
  });

  test('calls a session over if its deadline has passed, or the link is the request’s, which no email replaces', () => {
    expect(screenAfterLink({ status: 'in_session' }, false, 0)).toBe('finished');
    expect(screenAfterLink({ status: 'in_session' }, true, 200)).toBe('finished');
  });

  test('says that a newer email may have replaced the link, but waits for the last seconds', () => {
    expect(screenAfterLink({ status: 'in_session' }, false, 200)).toBe('replaced');
    expect(screenAfterLink({ status: 'in_session' }, false, 5)).toBe('session');
  });

  test('is read again or final, never both', () => {
    expect(OVER.filter((screen) => screen in FOLLOWED)).toEqual([]);
  });
});

test('values are cut out of a template, and nothing that looks like a place in a value is filled in', () => {
  expect(cut('{agent} is in {place}', { agent: '{place}', place: 'the Web' })).toEqual(['', '{place}', ' is in ', 'the Web', '']);
  expect(cut('No place', {})).toEqual(['No place']);
});

test('a countdown follows the server’s clock, and not one that is set meanwhile', () => {
  vi.useFakeTimers({ now: NOON });
  assume(NOON);
  expect(secondsTo('2026-10-28T12:05:00Z')).toBe(300);
  vi.advanceTimersByTime(60_000);
  vi.setSystemTime(NOON + 3_600_000);
  expect(secondsTo('2026-10-28T12:05:00Z')).toBe(240);
  expect([clock(300), clock(61), clock(9)]).toEqual(['5:00', '1:01', '0:09']);
  vi.useRealTimers();
});

test('the first language is the browser’s first that the page has, else English', () => {
  const words = { en: {}, es: {} };
  expect(languageOf(words, ['de-DE', 'es-CO', 'en-US'])).toBe('es');
  expect(languageOf(words, ['de-DE'])).toBe('en');
  expect(languageOf(words, [])).toBe('en');
});

describe('a call', () => {
  const fetched = vi.fn<typeof fetch>();
  const json = (status: number, body: object, headers: HeadersInit = {}) => new Response(JSON.stringify(body), { status, headers });
  const config = (found: object = {}, headers: HeadersInit = {}) => json(200, { apiUrl: 'https://api.example.com', ...found }, headers);

  /** The page's module as it is when the page is opened. */
  async function page() {
    vi.resetModules();
    return await import('../../pages/consent/api.js');
  }

  beforeEach(() => {
    vi.useFakeTimers({ now: NOON });
    fetched.mockReset();
    vi.stubGlobal('fetch', fetched);
  });
  afterEach(() => void vi.useRealTimers());

  test('reads the settings once, and sends nothing else than its body', async () => {
    fetched
      .mockResolvedValueOnce(config())
      .mockResolvedValueOnce(json(200, { status: 'consented' }))
      .mockResolvedValueOnce(json(200, {}));
    const { post } = await page();
    expect(await post('view', { token: 't' })).toEqual({ view: { status: 'consented' } });
    await post('view', { token: 't' });
    expect(fetched.mock.calls.map(([address]) => address)).toEqual([
      'config.json',
      'https://api.example.com/consent/view',
      'https://api.example.com/consent/view',
    ]);
    expect(fetched.mock.calls[1]?.[1]).toMatchObject({ method: 'POST', body: '{"token":"t"}', credentials: 'omit' });
  });

  test('learns the server’s clock and who enters the code', async () => {
    fetched.mockResolvedValueOnce(config({ consentMode: 'agent-entry' }, { date: 'Wed, 28 Oct 2026 12:01:00 GMT', age: '30' }));
    fetched.mockResolvedValueOnce(json(200, {}));
    const found = await page();
    const { serverNow } = await import('../../pages/consent/server-clock.js');
    expect([serverNow(), found.agentEntry]).toEqual([NOON, false]);
    await found.post('view', { token: 't' });
    expect([serverNow(), found.agentEntry]).toEqual([NOON + 90_500, true]);
  });

  test.each([
    [410, { type: '/problems/consent-refused' }, { failure: 'gone' }],
    [400, { type: '/problems/invalid-request' }, { failure: 'gone' }],
    [422, { type: '/problems/code-refused', attempts_left: 3 }, { failure: 'wrong-code', left: 3 }],
    [409, { type: '/problems/wrong-step', verification_status: 'closed' }, { failure: 'locked' }],
    [409, { type: '/problems/wrong-step', verification_status: 'consented' }, { failure: 'moved' }],
    [409, { type: '/problems/conflict' }, { failure: 'busy' }],
    [429, { message: 'Too Many Requests' }, { failure: 'busy' }],
    [503, { type: '/problems/unavailable' }, { failure: 'down' }],
    [502, { message: 'Bad Gateway' }, { failure: 'down' }],
  ])('answered with %i and %j fails as %j', async (status, body, outcome) => {
    fetched.mockResolvedValueOnce(config()).mockResolvedValueOnce(json(status, body));
    const { post } = await page();
    expect(await post('answer', { token: 't' })).toEqual(outcome);
  });

  test('without an answer is offline, and reads the settings again next time', async () => {
    fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    const { post } = await page();
    expect(await post('view', { token: 't' })).toEqual({ failure: 'offline' });
    fetched.mockResolvedValueOnce(config()).mockRejectedValueOnce(new TypeError('Failed to fetch'));
    expect(await post('view', { token: 't' })).toEqual({ failure: 'offline' });
  });

  test('answered with anything but JSON is a fault of the service', async () => {
    fetched.mockResolvedValueOnce(config()).mockResolvedValueOnce(new Response('<html>', { status: 200 }));
    const { post } = await page();
    expect(await post('view', { token: 't' })).toEqual({ failure: 'down' });
  });

  test('is given up after fifteen seconds', async () => {
    fetched
      .mockResolvedValueOnce(config())
      .mockImplementationOnce(
        (_, options) =>
          new Promise((_resolve, reject) => options?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))),
      );
    const { post } = await page();
    const outcome = post('end', { token: 't' });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await outcome).toEqual({ failure: 'offline' });
  });
});
