// The three calls of the page, and their outcomes. Before the first call nothing is sent.

import { measureBy } from './server-clock.js';

let settings;

/** Whether the agent alone enters the code. Known once the first call has been made. */
export let agentEntry = false;

/** `fetch` with a limit of 15 seconds, the body included. (iOS before 16 has no `AbortSignal.timeout`.) Each answer sets the clock. */
async function ask(address, options) {
  const patience = new AbortController();
  setTimeout(() => patience.abort(), 15_000);
  const sent = performance.now();
  const answer = await fetch(address, { ...options, signal: patience.signal });
  measureBy(answer, sent);
  return answer;
}

async function configured() {
  if (settings === undefined) {
    const answer = await ask('config.json', { cache: 'no-store' });
    if (!answer.ok) throw new Error('config.json');
    settings = await answer.json();
    agentEntry = settings.consentMode === 'agent-entry';
  }
  return settings;
}

/**
 * Posts to `/consent/…`. Returns `{view}`, or `{failure}`, one of `wrong-code` (with `left`), `gone` (410), `locked`, `moved` (the request
 * is at another step), `busy` (429), `down`, `offline`.
 */
export async function post(path, body) {
  let answer;
  try {
    const { apiUrl } = await configured();
    answer = await ask(`${apiUrl}/consent/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
    });
  } catch {
    return { failure: 'offline' };
  }
  let content;
  try {
    content = await answer.json();
  } catch {
    return { failure: 'down' };
  }
  if (answer.ok) return { view: content };
  switch (content.type) {
    case '/problems/code-refused':
      return { failure: 'wrong-code', left: content.attempts_left };
    case '/problems/consent-refused':
    case '/problems/invalid-request': // the link was cut off on its way
      return { failure: 'gone' };
    case '/problems/wrong-step':
      return { failure: content.verification_status === 'closed' ? 'locked' : 'moved' };
    case '/problems/conflict':
      return { failure: 'busy' };
    default:
      return { failure: answer.status === 429 ? 'busy' : 'down' };
  }
}
