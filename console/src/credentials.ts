/** A customer's credentials as text: what his page copies, and what can be made of whatever an agent pastes. */

import type { SupportCredentials } from './model';
import type { Words } from './words/en';

export type Credentials = Pick<SupportCredentials, 'user_name' | 'password' | 'security_code'>;

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

const GROUP = '[a-hjkmnp-z2-9]{4}';
// Mail programs make longer dashes of hyphens.
const DASH = '[-\u2010-\u2015]';
const grouped = (groups: number) => new RegExp(`(?<!\\w|${DASH})${GROUP}(?:${DASH}${GROUP}){${groups - 1}}(?!\\w|${DASH})`, 'i');
const USER_NAME = grouped(4);
const PASSWORD = grouped(5);
const CODE = /(?<![\w-])\d{6}(?![\w-])/;

/** The credentials that stand in a text, told apart by their forms, since the labels have a language; null if it is not a whole set. */
export function fromText(text: string): Credentials | null {
  const user = USER_NAME.exec(text);
  const password = PASSWORD.exec(text);
  if (user === null || password === null) return null;
  // A mail may have other numbers above.
  const after = Math.max(user.index + user[0].length, password.index + password[0].length);
  const code = CODE.exec(text.slice(after)) ?? CODE.exec(text);
  return code === null ? null : { user_name: hyphened(user[0]), password: hyphened(password[0]), security_code: code[0] };
}

function hyphened(found: string): string {
  return found.replace(new RegExp(DASH, 'g'), '-').toLowerCase();
}
