// Which screen is due, and what the clocks on it show. No page and no network: the tests run it as it is.

import { serverNow } from './server-clock.js';

const PLACE = /\{(\w+)\}/u;

/**
 * The screens that are read again by themselves, after how many milliseconds at first and at most: often while the agent is about to act,
 * and less often the longer nothing has changed.
 */
export const FOLLOWED = {
  request: { first: 10_000, most: 20_000 },
  expired: { first: 10_000, most: 20_000 },
  entered: { first: 2000, most: 6000 },
  consented: { first: 2000, most: 6000 },
  session: { first: 10_000, most: 30_000 },
};
const GROWTH = 1 / 3;

/**
 * For how many milliseconds after a change or a press the page asks for the newest answer. Later ones cost half and can be a second old: too
 * young to take back what the page shows.
 */
export const SETTLED = 10_000;

const SOON = 2000;

/**
 * How many milliseconds to wait before the screen is read again. `unchanged`: for how many milliseconds nothing has changed. `left`: seconds
 * until the deadline of what it shows, after which the server says how it ended.
 */
export function pauseOf(screen, unchanged, left = Number.POSITIVE_INFINITY) {
  const { first, most } = FOLLOWED[screen];
  const usual = Math.min(most, Math.max(first, unchanged * GROWTH));
  return Math.min(usual, left > 0 ? left * 1000 : SOON);
}

/** The screens after which nothing follows. */
export const OVER = ['refused', 'ended', 'finished', 'replaced', 'locked', 'gone'];

/** The screen for what the API returned. A code that has expired can be entered by nobody, and an entry of it opens nothing. */
export function screenOf({ status, customer_entered, code_expires_at, session_expires_at }) {
  switch (status) {
    case 'awaiting_consent':
      if (code_expires_at === null || secondsTo(code_expires_at) <= 0) return 'expired';
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

/** Whole seconds until a server time; negative once it has passed. */
export function secondsTo(time) {
  return Math.ceil((Date.parse(time) - serverNow()) / 1000);
}

/** 4:07. */
export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The first of the browser's languages that the page speaks, else English. */
export function languageOf(words, tags) {
  return tags.map((tag) => tag.slice(0, 2)).find((tag) => Object.hasOwn(words, tag)) ?? 'en';
}

/** A template cut into texts and the values of its `{names}`: `[text, value, text, …]`. */
export function cut(template, values) {
  return template.split(PLACE).map((part, at) => (at % 2 ? values[part] : part));
}
