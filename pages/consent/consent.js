// The consent page: what the customer is asked, their answer, and the session that they can end.
//
// The token comes in the address's fragment, is removed from the address at once, and stays in this tab's sessionStorage until
// everything is over, so that a reload loses nothing. Loading the page sends nothing: scanners open every link and run its scripts, but
// press no buttons. Only a tab in which somebody has pressed a button reads again by itself.

import { agentEntry, post } from './api.js';
import { codeIn } from './code.js';
import { make } from './element.js';
import { tokenIn } from './link.js';
import { screens } from './screens.js';
import { clock, FOLLOWED, languageOf, OVER, pauseOf, SETTLED, screenAfterLink, screenOf, secondsTo } from './state.js';
import { words } from './words.js';

const main = document.getElementById('main');
const said = document.getElementById('said');

let token = null;
let view = null; // what the API returned last
let early = false; // whether the link worked before the session started
let screen = null;
let call = null; // the call of a button, while it lasts
let kept = false; // whether somebody has pressed “Refuse” or “End the session” during that call: it is the next one
let pressed = false; // whether somebody has pressed a button since the page was loaded
let poll;
let changedAt = performance.now(); // when what the page shows last changed, or somebody pressed a button
let cutOff = false; // whether the page says that it has no connection
let turn = 0; // counts the calls: an older answer that arrives after a newer one is out of date
let text = words[languageOf(words, navigator.languages)];

// --- what the tab remembers ---

function remember(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // Storage is switched off: after a reload the link has to be opened again.
  }
}

function remembered(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function forget() {
  token = null;
  remember('token', null);
  remember('pressed', null);
}

// --- what people press ---

const see = (event) => act(event.target, 'view', {});
const refuse = (event) => act(event.target, 'answer', { decision: 'deny' });
const end = (event) => act(event.target, 'end', {});

function allow(field, press, access) {
  if (call !== null) return;
  const code = codeIn(field.value);
  if (code === null) complain(text.codeNeeded, press, field);
  else act(press, 'answer', { decision: 'allow', code, ecosystem: view.ecosystem.id, access }, field);
}

/**
 * Makes a button's call, at most one at a time, and shows what comes of it. “Refuse” and “End the session” are never lost: pressed
 * during another call, they follow it, as the next screen has them.
 */
async function act(press, path, body, field = null) {
  const refuses = press.matches('.danger');
  if (call !== null) {
    keep(press, refuses);
    return;
  }
  const mine = { refuses };
  call = mine;
  begin(press, refuses);
  let outcome = await post(path, { token, ...body });
  const moved = call === mine && outcome.failure === 'moved';
  if (moved) outcome = await post('view', { token });
  if (call !== mine) return; // another link was opened in this tab
  call = null;
  release();
  if (outcome.view) remember('pressed', 'yes');
  const settled = settle(outcome);
  if (kept) {
    kept = false;
    main.querySelector('.danger')?.click(); // there is none if everything is over
  } else if (settled) {
    if (moved && !OVER.includes(screen)) complain(text.moved);
  } else {
    follow();
    explain(outcome, path, press, field);
  }
}

/** Keeps a refusal that was pressed during another call. */
function keep(press, refuses) {
  if (!refuses || call.refuses || kept) return;
  kept = true;
  hold(press);
}

function begin(press, refuses) {
  kept = false;
  pressed = true;
  turn++;
  changedAt = performance.now();
  clearTimeout(poll);
  hold(press);
  for (const other of main.querySelectorAll(refuses ? 'button' : 'button:not(.danger)')) other.setAttribute('aria-disabled', 'true');
  complain('');
}

/** Shows on a button that it was pressed. */
function hold(press) {
  press.dataset.label = press.textContent;
  press.textContent = text.working;
  press.setAttribute('aria-disabled', 'true');
}

function release() {
  for (const press of main.querySelectorAll('[aria-disabled]')) {
    press.removeAttribute('aria-disabled');
    press.textContent = press.dataset.label ?? press.textContent;
    delete press.dataset.label;
  }
}

// --- what comes of it ---

/** Adopts what a call returned, if it says where the request stands. */
function settle({ view: found, failure, left }) {
  if (found) {
    if (JSON.stringify(found) !== JSON.stringify(view)) changedAt = performance.now();
    view = found;
    early ||= view.status !== 'in_session';
    text = words[view.locale] ?? text;
    show(screenOf(view));
  } else if (failure === 'gone') {
    show(screenAfterLink(view, early, view ? secondsTo(view.session_expires_at) : 0));
  } else if (failure === 'locked' || left === 0) {
    show('locked');
  } else {
    return false;
  }
  return true;
}

function show(next) {
  if (next !== screen) draw(next);
  tick();
  if (OVER.includes(screen)) forget();
  follow();
}

function draw(next) {
  screen = next;
  changedAt = performance.now();
  document.documentElement.lang = text === words.es ? 'es' : 'en';
  main.replaceChildren(...screens[screen]({ text, view, agentEntry, see, refuse, end, allow }));
  const heading = main.querySelector('h1');
  document.title = `${heading.textContent} · ${text.title}`;
  said.textContent = '';
  if (!pressed) return;
  // Screen readers and keyboards continue at the top of the new screen.
  heading.focus({ preventScroll: true });
  globalThis.scrollTo(0, 0);
}

function follow(patience = 1) {
  clearTimeout(poll);
  if (!(screen in FOLLOWED)) return;
  const left = screen === 'session' ? secondsTo(view.session_expires_at) : undefined;
  poll = setTimeout(look, patience * pauseOf(screen, performance.now() - changedAt, left));
}

/** Reads again where the request stands, although nobody pressed a button. Not while the page is out of sight. */
async function look() {
  clearTimeout(poll);
  if (call !== null || token === null || document.hidden) return;
  turn++;
  const mine = turn;
  const outcome = await post('view', { token, fresh: view === null || performance.now() - changedAt < SETTLED });
  if (turn !== mine) return; // meanwhile somebody pressed a button or opened another link
  if (outcome.failure === undefined && cutOff) complain('');
  if (settle(outcome)) return;
  if (screen === 'door') {
    complain(text[outcome.failure]);
    cutOff = outcome.failure === 'offline';
    return;
  }
  if (main.querySelector('#wrong') === null) {
    complain(text.polling); // any other complaint is more useful
    cutOff = true;
  }
  follow(2);
}

function explain({ failure, left }, path, press, field) {
  if (failure === 'wrong-code') complain(text.wrongCode(left), press, field);
  else complain(text[failure] + (path === 'end' ? ` ${text.notEnded}` : ''), press);
  cutOff = failure === 'offline';
}

/** Says what is wrong, also to screen readers: above the button that it is about, or at the top. */
function complain(message, press = main.querySelector('h1').nextElementSibling, field = null) {
  cutOff = false;
  main.querySelector('#wrong')?.remove();
  const input = main.querySelector('#code');
  input?.removeAttribute('aria-invalid');
  input?.setAttribute('aria-describedby', 'expires');
  said.textContent = message;
  if (message === '') return;
  const note = make('p', { id: 'wrong', class: 'wrong' }, message);
  press.before(note);
  if (field) {
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-describedby', 'wrong expires');
    field.focus();
    field.select();
  } else if (message !== text.polling || document.activeElement !== input) {
    // A person who is typing stays where they are, unless the message is about what they pressed.
    note.scrollIntoView({ block: 'nearest' });
  }
}

// --- clocks ---

function tick() {
  // An entry that is on its way is judged by the server.
  if ((screen === 'request' || screen === 'entered') && call === null && screenOf(view) === 'expired') {
    show('expired');
    said.textContent = text.codeExpired;
  } else if (screen === 'request') {
    put('expires', text.codeExpires.replace('{left}', clock(secondsTo(view.code_expires_at))));
  } else if (screen === 'session') {
    // The server ends the session, not this clock.
    const left = Math.min(secondsTo(view.session_expires_at), view.minutes * 60);
    put('left', left > 0 ? clock(left) : text.sessionEnding);
    if (left === 60 && said.textContent === '') said.textContent = text.sessionMinute;
  } else if (screen === 'replaced' && secondsTo(view.session_expires_at) <= 0) {
    show('finished');
  }
}

function put(id, value) {
  const element = document.getElementById(id);
  if (element.textContent !== value) element.textContent = value;
}

// --- start ---

function start() {
  // A link that was cut off has no token, and what is left of it is judged by the server.
  const given = tokenIn(location.href) ?? new URLSearchParams(location.hash.slice(1)).get('token');
  if (location.hash + location.search !== '') history.replaceState(null, '', location.pathname);
  if (given) {
    forget();
    token = given;
    remember('token', token);
  } else {
    token ??= remembered('token');
  }
  view = null;
  screen = null;
  call = null;
  early = false;
  kept = false;
  turn++;
  show(token === null ? 'blank' : 'door');
  if (token !== null && remembered('pressed') !== null) look();
}

setInterval(tick, 500);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && screen in FOLLOWED) look();
});
addEventListener('online', () => {
  if (cutOff) complain('');
  if (screen in FOLLOWED) look();
});
addEventListener('hashchange', () => {
  if (location.hash !== '') start();
});
start();
