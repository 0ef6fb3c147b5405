// Which screen is due, and what the clocks on it show. No page and no network: the tests run it as it is.

const SEPARATORS = /[\s.-]/gu;
const CODE = /^\d{6}$/u;
const PLACE = /\{(\w+)\}/u;

/** The screens that are read again by themselves, and after how many milliseconds. */
export const FOLLOWED = { request: 5000, entered: 2000, consented: 2000, session: 2000 };

/** The screens after which nothing follows. */
export const OVER = ['refused', 'ended', 'finished', 'replaced', 'locked', 'gone'];

/** The screen for what the API returned. */
export function screenOf({ status, customer_entered, session_expires_at }) {
  switch (status) {
    case 'awaiting_consent':
      return customer_entered ? 'entered' : 'request';
    case 'consented':
    case 'minting':
      return 'consented';
    case 'in_session':
      return 'session';
    default:
      return session_expires_at === null ? 'refused' : 'ended';
  }
}

/**
 * The screen when a link is no longer valid. `view`: what the API returned last, null if nothing. `early`: the link worked before the
 * session started, so it is the request's, which no later email replaces. `left`: seconds until the session's deadline.
 */
export function screenAfterLink(view, early, left) {
  if (view?.status !== 'in_session') return 'gone';
  if (early || left <= 0) return 'finished';
  // Clocks differ by seconds, so the last few are waited for. Before, only a newer email can have replaced the link.
  return left <= 5 ? 'session' : 'replaced';
}

/** Whole seconds until a server time. `behind`: how many seconds this device's clock is behind the server's. */
export function secondsTo(time, behind) {
  return Math.ceil(Date.parse(time) / 1000 - Date.now() / 1000 - behind);
}

/** 4:07. */
export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The six digits of what was typed, without the separators; null if it is not a code. */
export function codeOf(typed) {
  const code = typed.replace(SEPARATORS, '');
  return CODE.test(code) ? code : null;
}

/** The first of the browser's languages that the page speaks, else English. */
export function languageOf(words, tags) {
  return tags.map((tag) => tag.slice(0, 2)).find((tag) => Object.hasOwn(words, tag)) ?? 'en';
}

/** A template cut into texts and the values of its `{names}`: `[text, value, text, …]`. */
export function cut(template, values) {
  return template.split(PLACE).map((part, at) => (at % 2 ? values[part] : part));
}
