import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isPast, secondsToWait, secondsUntil, serverNow, setClock } from '../src/clock';
import { clockFace } from '../src/clock-face';
import { tab } from '../src/kept';

const NOON = Date.parse('2026-10-28T12:00:00Z');
const after = (seconds: number) => new Date(NOON + seconds * 1000).toISOString();

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
  vi.setSystemTime(NOON + 299_001);
  expect(secondsUntil(after(300))).toBe(1);
  vi.setSystemTime(NOON + 300_000);
  expect(secondsUntil(after(300))).toBe(0);
  vi.setSystemTime(NOON + 400_000);
  expect(secondsUntil(after(300))).toBe(0);
});

test('a wait counts by the local clock, whatever the server’s is', () => {
  setClock(NOON / 1000 + 9999);
  expect(secondsToWait(NOON + 1500)).toBe(2);
  expect(secondsToWait(NOON - 1)).toBe(0);
  expect(secondsToWait(null)).toBe(0);
});

test('a deadline is past from its own moment on, and one that does not exist never is', () => {
  expect(isPast(after(0.001))).toBe(false);
  expect(isPast(after(0))).toBe(true);
  expect(isPast(null)).toBe(false);
});
