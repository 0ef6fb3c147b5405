import type { PasswordRule } from './model';

/** The rules as the API names and judges them, so that a password that would be refused is not sent. */
const RULES: Record<Exclude<PasswordRule, 'same'>, RegExp> = {
  length: /^.{8,}$/su,
  upper: /[A-Z]/u,
  lower: /[a-z]/u,
  number: /[0-9]/u,
  special: /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]/u,
  'no-spaces': /^\S*$/u,
};

export type Rule = keyof typeof RULES;

export const PASSWORD_RULES = Object.keys(RULES) as Rule[];

/** A new password, entered twice. */
export interface TypedPassword {
  password: string;
  again: string;
}

export const NOTHING_TYPED: TypedPassword = { password: '', again: '' };

export function meets(rule: Rule, password: string): boolean {
  return RULES[rule].test(password);
}

/** What is wrong with a new password; null if nothing is. */
export function faultOf({ password, again }: TypedPassword): 'weak' | 'differ' | null {
  if (!PASSWORD_RULES.every((rule) => meets(rule, password))) return 'weak';
  return password === again ? null : 'differ';
}
