import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { measureBy, serverNow } from '../../pages/consent/server-clock.js';
import { isPast, secondsToWait, secondsUntil, setClock, wasMoved } from '../src/clock';
import { clockFace } from '../src/clock-face';
import { tab } from '../src/kept';

const NOON = Date.parse('2026-10-28T12:00:00Z');
const after = (seconds: number) => new Date(NOON + seconds * 1000).toISOString();
const answer = (seconds: number, age?: number) =>
  new Response('', {
    headers: { date: new Date(NOON + seconds * 1000).toUTCString(), ...(age === undefined ? {} : { age: String(age) }) },
  });

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  setClock(NOON / 1000 - 0.5); // exactly this machine's time
});
afterEach(() => vi.useRealTimers());

test.each([
  [0, '0:00'],
  [9, '0:09'],
  [60, '1:00'],
  [247, '4:07'],
  [3599, '59:59'],
  [3600, '1:00:00'],
  [3847, '1:04:07'],
  [172_800, '48:00:00'],
])('%i seconds are shown as %s', (seconds, face) => {
  expect(clockFace(seconds)).toBe(face);
});

test('the server’s clock is known from a token, within the second that a token rounds down', () => {
  setClock(NOON / 1000 + 3600);
  expect(serverNow()).toBe(NOON + 3_600_500);
  expect(secondsUntil(after(3600 + 300))).toBe(300);
});

test('the server’s clock is kept for a reload', () => {
  setClock(NOON / 1000 + 60);
  expect(Number(tab.get('clock'))).toBe(60_500);
});

test('a countdown counts whole seconds, shows the last one until it is over, and stops at 0', () => {
  expect(secondsUntil(after(300))).toBe(300);
  vi.advanceTimersByTime(299_001);
  expect(secondsUntil(after(300))).toBe(1);
  vi.advanceTimersByTime(999);
  expect(secondsUntil(after(300))).toBe(0);
  vi.advanceTimersByTime(100_000);
  expect(secondsUntil(after(300))).toBe(0);
});

// P47
test.each([-600, 600])('a clock that is set by %i seconds meanwhile moves no countdown', (seconds) => {
  wasMoved();
  vi.advanceTimersByTime(100_000);
  vi.setSystemTime(Date.now() + seconds * 1000);
  expect(secondsUntil(after(300))).toBe(200);
  expect(secondsToWait(NOON + 150_000)).toBe(50);
  expect(isPast(after(299))).toBe(false);
  expect(wasMoved()).toBe(true);
  expect(wasMoved()).toBe(false);
});

test('each answer measures the clock anew, and narrows it down', () => {
  measureBy(answer(600), performance.now());
  expect(Math.abs(serverNow() - (NOON + 600_500))).toBeLessThanOrEqual(500);
  vi.advanceTimersByTime(700);
  // The server’s next second has begun, so it was in the second half of the one before.
  measureBy(answer(601), performance.now());
  expect(serverNow()).toBeGreaterThanOrEqual(NOON + 601_000);
  expect(serverNow()).toBeLessThanOrEqual(NOON + 601_700);
});

test('an answer that contradicts what is known is right, as after a sleep', () => {
  measureBy(answer(0), performance.now());
  measureBy(answer(200), performance.now());
  expect(secondsUntil(after(300))).toBe(100);
});

test('a slow answer, one from a cache, and one without a time are taken for what they are worth', () => {
  const sent = performance.now();
  vi.advanceTimersByTime(4000);
  measureBy(answer(1000), sent);
  expect(serverNow()).toBe(NOON + 1_000_000 + 2500);
  measureBy(answer(1970, 30), performance.now());
  expect(serverNow()).toBe(NOON + 2_000_500);
  measureBy(new Response(''), performance.now());
  expect(serverNow()).toBe(NOON + 2_000_500);
});

test('a deadline is past from its own moment on, and one that does not exist never is', () => {
  expect(isPast(after(0.001))).toBe(false);
  expect(isPast(after(0))).toBe(true);
  expect(isPast(null)).toBe(false);
  expect(secondsToWait(null)).toBe(0);
  expect(secondsToWait(NOON + 1500)).toBe(2);
  expect(secondsToWait(NOON - 1)).toBe(0);
});
