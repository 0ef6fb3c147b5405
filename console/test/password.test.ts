import { expect, test } from 'vitest';
import { faultOf, meets, PASSWORD_RULES } from '../src/password';

const GOOD = 'Pan-dulce8';

test.each([
  ['length', 'Pan-du8'],
  ['upper', 'pan-dulce8'],
  ['lower', 'PAN-DULCE8'],
  ['number', 'Pan-dulces'],
  ['special', 'Pandulce88'],
  ['no-spaces', 'Pan-dulce 8'],
] as const)('only the rule “%s” is broken by “%s”', (broken, password) => {
  expect(PASSWORD_RULES.filter((rule) => !meets(rule, password))).toEqual([broken]);
});

test('length counts characters, not the units that they are stored in', () => {
  expect(meets('length', '🍞'.repeat(7))).toBe(false);
  expect(meets('length', '🍞'.repeat(8))).toBe(true);
});

test('every special character that Cognito counts is one', () => {
  for (const character of '^$*.[]{}()?"!@#%&/\\,><\':;|_~`=+-') expect(meets('special', character)).toBe(true);
  expect(meets('special', 'ñ')).toBe(false);
  expect(meets('special', ' ')).toBe(false);
});

test('a password that is weak is called weak, even if it was entered twice in the same way', () => {
  expect(faultOf({ password: '', again: '' })).toBe('weak');
  expect(faultOf({ password: 'short', again: 'short' })).toBe('weak');
});

test('a good password has to be entered twice in the same way', () => {
  expect(faultOf({ password: GOOD, again: `${GOOD} ` })).toBe('differ');
  expect(faultOf({ password: GOOD, again: GOOD })).toBeNull();
});
