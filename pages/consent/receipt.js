// The page that checks a receipt. The file is read here and goes nowhere. All that the page fetches is the public key, at its start:
// afterwards it works without a network.

import { make } from './element.js';
import { check, digest, LONGEST } from './receipt-check.js';
import { environmentsInWords, moment, printable, sentence, stepInWords, words } from './receipt-words.js';
import { languageOf } from './state.js';

const main = document.getElementById('main');
const PATIENCE = 15_000;

let language = languageOf(words, navigator.languages);
let key = null;
let keyIs = 'keyFetching';
let shown = null; // {result, hash} of the file that was chosen last
let turn = 0; // counts the files: the result of an earlier one is out of date

async function fetched(address) {
  const patience = new AbortController();
  setTimeout(() => patience.abort(), PATIENCE);
  const answer = await fetch(address, { cache: 'no-store', credentials: 'omit', signal: patience.signal });
  if (!answer.ok) throw new Error(address);
  return answer.json();
}

async function fetchKey() {
  try {
    const { apiUrl } = await fetched('config.json');
    const answer = await fetched(`${apiUrl}/receipts/key`);
    // A key that somebody has chosen meanwhile stays.
    if (key !== null) return;
    key = answer;
    keyIs = 'keyFetched';
  } catch {
    if (key === null) keyIs = 'keyMissing';
  }
  sayKey();
  if (shown !== null) await judge(new Blob([shown.bytes]));
}

async function judge(file) {
  turn += 1;
  const mine = turn;
  // More than the longest receipt is none, so the rest need not be read.
  const bytes = new Uint8Array(await file.slice(0, LONGEST + 1).arrayBuffer());
  const result = key === null ? null : await check(bytes, key);
  const hash = await digest(bytes);
  if (mine !== turn) return;
  shown = { bytes, result, hash };
  show();
}

async function takeKey(file) {
  const text = await file.text();
  try {
    const read = JSON.parse(text);
    key = typeof read === 'object' ? read : null;
  } catch {
    key = null;
  }
  keyIs = key === null ? 'keyWrong' : 'keyOwn';
  sayKey();
  if (shown !== null) await judge(new Blob([shown.bytes]));
}

// --- what is drawn ---

function draw() {
  const text = words[language];
  document.documentElement.lang = language;
  document.title = text.title;
  const other = language === 'en' ? 'es' : 'en';
  const chooser = (id, label, take) =>
    make(
      'div',
      null,
      make('label', { for: id }, label),
      make('input', {
        id,
        type: 'file',
        accept: '.json,application/json',
        onchange: ({ target }) => target.files[0] && take(target.files[0]),
      }),
    );
  main.replaceChildren(
    make('h1', { tabindex: '-1' }, text.title),
    make('p', null, text.intro),
    make('div', { class: 'drop', id: 'drop' }, chooser('receipt', text.file, judge), make('p', { class: 'hint' }, text.dropped)),
    make('p', { id: 'key', class: 'hint', role: 'status' }),
    make('details', null, make('summary', null, text.keyHeading), chooser('own', text.keyFile, takeKey)),
    make('div', { id: 'said', role: 'status' }),
    make('section', { id: 'record', 'aria-label': text.heading }),
    make('button', { type: 'button', lang: other, onclick: () => speak(other) }, text.other),
  );
  sayKey();
  show();
}

function speak(chosen) {
  language = chosen;
  draw();
  document.querySelector('h1').focus();
}

function sayKey() {
  const id = key === null || typeof key.kid !== 'string' ? '' : `: ${printable(key.kid)}.`;
  document.getElementById('key').textContent = `${words[language][keyIs]}${id}`;
}

function show() {
  const text = words[language];
  const said = document.getElementById('said');
  const record = document.getElementById('record');
  if (shown === null) return;
  const { result, hash } = shown;
  if (result === null) {
    said.replaceChildren(make('p', { class: 'wrong' }, text.keyMissing));
    record.replaceChildren();
    return;
  }
  said.replaceChildren(make('p', { class: result.fault ? 'wrong' : 'good' }, make('bdi', null, sentence(result, text))));
  record.replaceChildren(...(result.fault ? [] : recordOf(result.receipt, hash, text)));
}

function recordOf(receipt, hash, text) {
  const { labels } = text;
  const person = ({ id, name }) => `${name} (${id})`;
  const rows = [
    [labels.verification, receipt.verification],
    [labels.ticket, receipt.ticket],
    [labels.agent, person(receipt.agent)],
    [labels.customer, person(receipt.customer)],
    [labels.ecosystem, person(receipt.ecosystem)],
    [labels.environments, environmentsInWords(receipt.environments)],
    [labels.access, text.access[receipt.access]],
    [labels.hidden, hidden(receipt.visibility, text)],
    [labels.qr, text.actors[receipt.app_qr_given_to] ?? text.nobody],
    [labels.factor, text.factor[receipt.customer_second_factor]],
    [labels.from, receipt.session.started_at],
    [labels.until, receipt.session.ended_at],
    [labels.deadline, receipt.session.expires_at],
    [labels.outcome, text.outcomes[receipt.outcome]],
    [labels.reason, receipt.reason],
    [labels.head, receipt.head],
    [labels.digest, hash],
  ].filter(([, value]) => value !== null && value !== undefined);
  const facts = rows.map(([label, value]) =>
    make('div', null, make('dt', null, label), make('dd', null, make('bdi', null, printable(value)))),
  );
  return [
    make('h2', null, text.heading),
    make('dl', null, ...facts),
    make('h2', null, text.steps),
    make('ol', { class: 'steps' }, ...receipt.steps.map((step) => lineOf(step, text))),
    make('button', { type: 'button', onclick: () => print() }, text.print),
  ];
}

function hidden(visibility, text) {
  const { messages, talks } = visibility ?? { messages: true, talks: true };
  const names = [messages ? null : text.shown.messages, talks ? null : text.shown.talks].filter((name) => name !== null);
  return names.join(', ') || text.shown.all;
}

function lineOf(step, text) {
  const { who, what, more } = stepInWords(step, text);
  const said = more === null ? [what] : [`${what}: `, make('bdi', null, more)];
  return make('li', null, `${step.seq}. `, make('b', null, who), ': ', ...said, make('small', null, moment(step.at)));
}

// --- dropping a file ---

for (const name of ['dragover', 'dragleave', 'drop']) {
  addEventListener(name, (event) => {
    // Otherwise the browser would open the file in place of this page.
    event.preventDefault();
    document.getElementById('drop').classList.toggle('over', name === 'dragover');
    const [file] = name === 'drop' ? event.dataTransfer.files : [];
    if (file) judge(file);
  });
}

draw();
fetchKey();
