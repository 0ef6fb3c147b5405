import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setClock } from '../src/clock';
import { dropHandoffs, keepHandoffs, keptHandoffs, watchHandoffs } from '../src/handoffs';
import { tab } from '../src/kept';
import type { IssuedVerification } from '../src/model';

const NOON = Date.parse('2026-10-28T12:00:00Z');
const HANDOFF = { environment: 'web', landing: 'home', url: 'https://web.example.com/support#handoff=secret' };
const issued = (id: string) =>
  ({ id, session: { expires_at: '2026-10-28T12:05:00Z', environments: ['web'], handoffs: [HANDOFF] } }) as unknown as IssuedVerification;

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  setClock(NOON / 1000 - 0.5);
});
afterEach(() => {
  for (const key of [...tab.keys()]) tab.delete(key);
  vi.useRealTimers();
});

test('handoffs survive a reload, and are gone at the end of the session', () => {
  keepHandoffs(issued('one'));
  expect(keptHandoffs('one')).toEqual([HANDOFF]);
  vi.advanceTimersByTime(299_999);
  expect(keptHandoffs('one')).toEqual([HANDOFF]);
  vi.advanceTimersByTime(1);
  expect(keptHandoffs('one')).toBeNull();
});

test('handoffs end by the server’s clock, however wrong this machine’s clock is', () => {
  setClock(NOON / 1000 - 0.5 + 240); // the server is four minutes ahead
  keepHandoffs(issued('one'));
  vi.advanceTimersByTime(60_000);
  expect(keptHandoffs('one')).toBeNull();
});

test('handoffs that expired while the page was closed are dropped when it opens', () => {
  tab.set('handoffs/old', JSON.stringify({ expiresAt: '2026-10-28T11:00:00Z', handoffs: [HANDOFF] }));
  tab.set('handoffs/new', JSON.stringify({ expiresAt: '2026-10-28T12:04:00Z', handoffs: [HANDOFF] }));
  watchHandoffs();
  vi.advanceTimersByTime(1);
  expect(keptHandoffs('old')).toBeNull();
  expect(keptHandoffs('new')).toEqual([HANDOFF]);
});

test('handoffs of a verification that closes are dropped at once, and no others', () => {
  keepHandoffs(issued('one'));
  keepHandoffs(issued('two'));
  dropHandoffs('one');
  expect(keptHandoffs('one')).toBeNull();
  expect(keptHandoffs('two')).toEqual([HANDOFF]);
});
