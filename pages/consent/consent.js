// The customer's page: what is asked of him, his answer, and the session that he can end.
//
// The token comes in the address's fragment, is taken out of the address at once, and stays in this tab's
// sessionStorage until all is over, so that a reload loses nothing. Loading the page sends nothing: scanners that
// open every link, and run its scripts, press no buttons. Only a tab in which somebody did press looks again by itself.

import { agentEntry, behind, post } from './api.js';
import { words } from './words.js';

const ENVIRONMENTS = { store: 'Store', web: 'Web', app: 'App', rcm: 'RCM' };

const main = document.getElementById('main');
const said = document.getElementById('said');

let token = null;
let view = null; // as the API gave it last
let early = false; // whether the link has worked before the session: then it is the request's, which no later mail replaces
let screen = null;
let call = null; // the button's call that is under way
let kept = false; // whether a refusal was pressed meanwhile: it is the next call
let pressed = false; // whether anybody has pressed anything since the page was loaded
let poll;
let turn = 0; // counts what was asked: an older answer may come after a newer one, and tells nothing
let text = words[navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in words) ?? 'en'];

// --- what the tab remembers ---

function remember(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // Storage is switched off: a reload needs the link again.
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

// --- building blocks ---

/** An element. Values are text, never markup. */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A text whose `{names}` are filled in with what people typed, kept apart from the words around it. */
function filled(template, values) {
  return template.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? make('bdi', { class: 'given' }, values[part]) : part));
}

const heading = (template, values = {}) => make('h1', { tabindex: '-1' }, ...filled(template, values));
const paragraph = (template, values = {}) => make('p', null, ...filled(template, values));
const button = (label, kind, press) => make('button', { type: 'button', class: kind, onclick: press }, label);
const refuse = () => button(text.refuse, 'danger', (event) => act(event.target, 'answer', { decision: 'deny' }));
const end = (kind) => button(text.end, kind, (event) => act(event.target, 'end', {}));

function warning() {
  return make('aside', { class: 'warning', 'aria-label': text.warning }, make('strong', null, text.warning), ' ', text.warningText);
}

function facts(...more) {
  const { ecosystem, environments } = view;
  const rows = [
    [text.ecosystem, make('bdi', null, ecosystem.name)],
    [text.environments, environments.map((name) => ENVIRONMENTS[name] ?? name).join(', ')],
    ...more,
  ];
  return make('dl', null, ...rows.map(([term, value]) => make('div', null, make('dt', null, term), make('dd', null, value))));
}

// --- the screens ---

const screens = {
  blank: () => [heading(text.blankHeading), paragraph(text.blankText), warning()],

  door: () => [
    heading(text.doorHeading),
    paragraph(text.doorText),
    button(text.see, 'primary', (event) => act(event.target, 'view', {})),
    warning(),
    make('section', { class: 'aside' }, paragraph(text.doorEnd), end('danger')),
  ],

  request: () => [
    heading(text.requestHeading, { agent: view.agent.name }),
    paragraph(text.requestText, { minutes: text.minutes(view.minutes) }),
    facts([text.duration, text.minutes(view.minutes)]),
    warning(),
    make('h2', null, text.compareHeading),
    paragraph(text.compareText),
    make('p', { class: 'number' }, view.match_number),
    paragraph(text.compareElse),
    ...(agentEntry ? toTell() : [codeForm()]),
  ],

  entered: () => [
    heading(text.enteredHeading),
    paragraph(text.enteredText, { agent: view.agent.name, number: view.match_number }),
    make('p', { class: 'waiting' }, text.enteredWaiting),
    facts([text.duration, text.minutes(view.minutes)]),
    warning(),
    refuse(),
  ],

  consented: () => [
    heading(text.consentedHeading),
    paragraph(text.consentedText, { agent: view.agent.name }),
    make('p', { class: 'waiting' }, text.consentedWaiting),
    facts([text.duration, text.minutes(view.minutes)]),
    refuse(),
  ],

  session: () => [
    heading(text.sessionHeading, { agent: view.agent.name }),
    make(
      'p',
      { class: 'clock' },
      make('span', { class: 'label' }, text.sessionLeft),
      make('span', { id: 'left', role: 'timer', 'aria-live': 'off' }),
    ),
    end('danger strong'),
    paragraph(text.sessionText),
    facts(),
  ],

  refused: () => [heading(text.refusedHeading), paragraph(text.refusedText), paragraph(text.report)],
  ended: () => [heading(text.endedHeading), paragraph(text.endedText), paragraph(text.report)],
  finished: () => [heading(text.finishedHeading), paragraph(text.finishedText), paragraph(text.report)],
  replaced: () => [heading(text.replacedHeading), paragraph(text.replacedText), paragraph(text.report)],
  locked: () => [heading(text.lockedHeading), paragraph(text.lockedText), paragraph(text.report)],
  gone: () => [heading(text.goneHeading), paragraph(text.goneText), paragraph(text.report)],
};

/** Those that ask again what has happened since, and after how many milliseconds. */
const FOLLOWED = { request: 5_000, entered: 2_000, consented: 2_000, session: 2_000 };
const OVER = ['refused', 'ended', 'finished', 'replaced', 'locked', 'gone'];

/** Where the customer has nothing to enter. */
function toTell() {
  return [
    make('h2', null, text.tellHeading),
    paragraph(text.tellText),
    make('p', { id: 'expires', class: 'hint' }),
    make('p', { class: 'waiting' }, text.enteredWaiting),
    refuse(),
  ];
}

function codeForm() {
  const field = make('input', {
    id: 'code',
    name: 'code',
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    spellcheck: 'false',
    'aria-describedby': 'expires',
  });
  return make(
    'form',
    { novalidate: true, onsubmit: (event) => (event.preventDefault(), allow(field)) },
    make('h2', null, text.codeHeading),
    make('label', { for: 'code' }, text.code),
    field,
    make('p', { id: 'expires', class: 'hint' }),
    make('button', { type: 'submit', class: 'primary' }, text.allow),
    make('p', { class: 'hint' }, text.codeText),
    refuse(),
  );
}

function allow(field) {
  if (call !== null) return;
  const press = field.form.querySelector('[type=submit]');
  const code = field.value.replace(/[\s.-]/g, '');
  if (!/^\d{6}$/.test(code)) {
    complain(text.codeNeeded, press, field);
    return;
  }
  act(press, 'answer', { decision: 'allow', code, ecosystem: view.ecosystem.id }, field);
}

// --- what happens ---

function show(next) {
  if (next !== screen) {
    screen = next;
    document.documentElement.lang = text === words.es ? 'es' : 'en';
    main.replaceChildren(...screens[screen]());
    document.title = `${main.querySelector('h1').textContent} · ${text.title}`;
    said.textContent = '';
    if (pressed) {
      // Screen readers and keyboards go on at the new screen's top.
      main.querySelector('h1').focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  }
  tick();
  if (OVER.includes(screen)) forget();
  follow();
}

function follow(patience = 1) {
  clearTimeout(poll);
  if (screen in FOLLOWED) poll = setTimeout(look, patience * FOLLOWED[screen]);
}

/**
 * A button's call: at most one at a time, and what comes of it on the screen. Refusing and ending are never in vain:
 * pressed while another call is under way, they follow it, as the screen has them that it leads to.
 */
async function act(press, path, body, field = null) {
  const refuses = press.matches('.danger');
  if (call !== null) {
    if (refuses && !call.refuses && !kept) {
      kept = true;
      hold(press);
    }
    return;
  }
  const mine = (call = { refuses });
  kept = false;
  pressed = true;
  turn++;
  clearTimeout(poll);
  hold(press);
  for (const other of main.querySelectorAll(refuses ? 'button' : 'button:not(.danger)')) other.setAttribute('aria-disabled', 'true');
  complain('');
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
    main.querySelector('.danger')?.click(); // where all is over, there is none
  } else if (settled) {
    if (moved && !OVER.includes(screen)) complain(text.moved);
  } else {
    follow();
    if (outcome.failure === 'wrong-code') complain(text.wrongCode(outcome.left), press, field);
    else complain(text[outcome.failure] + (path === 'end' ? ` ${text.notEnded}` : ''), press);
  }
}

/** Says on a button that it was pressed. */
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

/** Takes over what a call answered, if it tells where things are. */
function settle({ view: found, failure, left }) {
  if (found) {
    view = found;
    early ||= view.status !== 'in_session';
    text = words[view.locale] ?? text;
    show(screenOf(view));
  } else if (failure === 'gone') {
    show(view?.status === 'in_session' ? afterSession() : 'gone');
  } else if (failure === 'locked' || left === 0) {
    show('locked');
  } else {
    return false;
  }
  return true;
}

/** The link to a session is not good any more: because that is over, or because a newer mail told of it again. */
function afterSession() {
  const left = secondsTo(view.session_expires_at);
  if (early || left <= 0) return 'finished';
  return left <= 5 ? 'session' : 'replaced'; // clocks differ by seconds: so near to its end, that is waited for
}

function screenOf({ status, customer_entered, session_expires_at }) {
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

/** Asks how things stand, without anybody having pressed. Not while the page is out of sight. */
async function look() {
  clearTimeout(poll);
  if (call !== null || token === null || document.hidden) return;
  const mine = ++turn;
  const outcome = await post('view', { token });
  if (turn !== mine) return; // a button or a new link came between
  if (outcome.failure === undefined && said.textContent === text.polling) complain('');
  if (settle(outcome)) return;
  if (screen === 'door') {
    complain(text[outcome.failure]);
    return;
  }
  if (main.querySelector('#wrong') === null) complain(text.polling); // what else is wrong is of more use
  follow(2);
}

/** Says what is wrong, to eyes and screen readers: above the button that it is about, or at the top. */
function complain(message, press = main.querySelector('h1').nextElementSibling, field = null) {
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
    // Whoever is typing stays where they are, if it is not about what they pressed.
    note.scrollIntoView({ block: 'nearest' });
  }
}

// --- clocks ---

function secondsTo(time) {
  return Math.ceil(Date.parse(time) / 1000 - Date.now() / 1000 - behind);
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function tick() {
  if (screen === 'request') {
    const left = view.code_expires_at === null ? 0 : secondsTo(view.code_expires_at);
    put('expires', left > 0 ? text.codeExpires.replace('{left}', clock(left)) : text.codeExpired);
    document.getElementById('expires').classList.toggle('over', left <= 0);
  } else if (screen === 'session') {
    // The server's word ends it, not this clock.
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
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (location.hash !== '') history.replaceState(null, '', location.pathname);
  if (given) {
    forget();
    token = given;
    remember('token', token);
  } else {
    token ??= remembered('token');
  }
  view = screen = call = null;
  early = kept = false;
  turn++;
  show(token === null ? 'blank' : 'door');
  if (token !== null && remembered('pressed') !== null) look();
}

setInterval(tick, 500);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && screen in FOLLOWED) look();
});
window.addEventListener('hashchange', () => {
  if (location.hash !== '') start();
});
start();
