import { expect, test } from 'vitest';
import { asCode, isCode, isTicket, visible } from '../src/typed';

// P46
test('a ticket number has at most 64 letters, digits and signs of ticket numbers, and may be missing', () => {
  expect(isTicket('')).toBe(true);
  expect(isTicket('CASE-2026/118_#4.1')).toBe(true);
  expect(isTicket('CASE 4711')).toBe(false);
  expect(isTicket('+57(300)4829134')).toBe(false);
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

// P46
test('a code’s field shows the code once it is there, and until then what was typed', () => {
  expect(asCode('046 128')).toBe('046128');
  expect(asCode('[10:32] 482913')).toBe('482913');
  expect(asCode('٠٤٦١٢٨')).toBe('046128');
  expect(asCode('046 1')).toBe('046 1');
  expect(asCode('0461289')).toBe('0461289');
  expect(asCode('abc')).toBe('abc');
  expect(asCode('1234 5678', [6, 8])).toBe('12345678');
});

test('what is not to be seen is dropped', () => {
  expect(visible('\u200b WZ-1042\ufeff ')).toBe('WZ-1042');
  expect(visible(' two words ')).toBe('two words');
});
