/** A customer's credentials as text: what their page copies, and what is read from whatever an agent pastes. */

import { codeIn } from '../../pages/consent/code.js';
import type { SupportCredentials } from './model';
import { asCode, isCode, visible } from './typed';
import type { Words } from './words/en';

export type Credentials = Pick<SupportCredentials, 'user_name' | 'password' | 'security_code'>;

export const NO_CREDENTIALS: Credentials = { user_name: '', password: '', security_code: '' };

/** The longest user name or password that the API accepts. */
const LONGEST = 64;

/** The block that the customer sends. */
export function asText({ url, user_name, password, security_code }: SupportCredentials, until: string, words: Words): string {
  const { labels } = words.remote.credentials;
  return [
    `${labels.url}: ${url}`,
    `${labels.userName}: ${user_name}`,
    `${labels.password}: ${password}`,
    `${labels.code}: ${security_code}`,
    `${labels.timeout}: ${until}`,
  ].join('\n');
}

const FORMAT = /\p{Cf}/gu;
const GROUP = '[a-hjkmnp-z2-9]{4}';
// Email programs turn hyphens into longer dashes.
const DASH = '[-\u2010-\u2015]';
const ANY_DASH = new RegExp(DASH, 'gu');
const grouped = (groups: number) => new RegExp(`(?<!\\w|${DASH})${GROUP}(?:${DASH}${GROUP}){${groups - 1}}(?!\\w|${DASH})`, 'iu');
const USER_NAME = grouped(4);
const PASSWORD = grouped(5);

/** The credentials found in a text; null if the set is incomplete. They are told apart by their forms, since the labels depend on the language. */
export function fromText(pasted: string): Credentials | null {
  const text = pasted.replace(FORMAT, '');
  const user = USER_NAME.exec(text);
  const password = PASSWORD.exec(text);
  if (user === null || password === null) return null;
  // An email may have other numbers above.
  const after = Math.max(user.index + user[0].length, password.index + password[0].length);
  const code = firstCode(text.slice(after)) ?? firstCode(text.replace(user[0], '').replace(password[0], ''));
  return code === null ? null : { user_name: hyphenated(user[0]), password: hyphenated(password[0]), security_code: code };
}

/** The code in the first line that has one. */
function firstCode(text: string): string | null {
  for (const line of text.split('\n')) {
    const code = codeIn(line);
    if (code !== null) return code;
  }
  return null;
}

function hyphenated(found: string): string {
  return found.replace(ANY_DASH, '-').toLowerCase();
}

/** What was typed, without what is not to be seen around it, and the code without the separators in it. */
export function tidied({ user_name, password, security_code }: Credentials): Credentials {
  return { user_name: visible(user_name), password: visible(password), security_code: asCode(security_code) };
}

/** The fields that the API would refuse. */
export function wrongFields({ user_name, password, security_code }: Credentials): (keyof Credentials)[] {
  const fits = (text: string) => text !== '' && text.length <= LONGEST;
  return [
    ...(fits(user_name) ? [] : (['user_name'] as const)),
    ...(fits(password) ? [] : (['password'] as const)),
    ...(isCode(security_code) ? [] : (['security_code'] as const)),
  ];
}
