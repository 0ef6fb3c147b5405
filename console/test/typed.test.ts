import { expect, test } from 'vitest';
import { digitsIn, isCode, isEmailAddress, isTicket } from '../src/typed';

test.each(['carla@customers.example.com', 'a@b.co', 'núñez@pan.example', 'a+b@c.d.example'])('%s may be an email address', (text) => {
  expect(isEmailAddress(text)).toBe(true);
});

test.each(['', 'carla', 'carla@', '@example.com', 'carla@example', 'carla @example.com', 'a@b@example.com', 'a@b.c, d@e.f'])(
  '“%s” is no email address',
  (text) => {
    expect(isEmailAddress(text)).toBe(false);
  },
);

test('a ticket number has at most 64 printable ASCII characters, and may be missing', () => {
  expect(isTicket('')).toBe(true);
  expect(isTicket('CASE-2026/118 #4')).toBe(true);
  expect(isTicket('a'.repeat(64))).toBe(true);
  expect(isTicket('a'.repeat(65))).toBe(false);
  expect(isTicket('caso núm. 4')).toBe(false);
  expect(isTicket('two\nlines')).toBe(false);
});

test('a code has exactly six digits, of the ASCII ones', () => {
  expect(isCode('046128')).toBe(true);
  expect(isCode('04612')).toBe(false);
  expect(isCode('0461280')).toBe(false);
  expect(isCode('04612a')).toBe(false);
  expect(isCode('046128\n')).toBe(false);
  expect(isCode('٠٤٦١٢٨')).toBe(false);
});

test('of what is typed into a code’s field the digits are kept, and no more than the code has', () => {
  expect(digitsIn('046 128')).toBe('046128');
  expect(digitsIn('your code: 046128.')).toBe('046128');
  expect(digitsIn('0461289')).toBe('046128');
  expect(digitsIn('12345678 9', 8)).toBe('12345678');
  expect(digitsIn('abc')).toBe('');
});
