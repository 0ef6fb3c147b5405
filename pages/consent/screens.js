// The screens of the page, drawn from a `page`: `{text, view, agentEntry, see, refuse, end, allow}`, of which the last four are handlers.

import { make } from './element.js';
import { cut } from './state.js';

const ENVIRONMENTS = { store: 'Store', web: 'Web', app: 'App', rcm: 'RCM' };

/** A text with its `{names}` filled in. What people typed is kept apart from the words around it. */
function filled(template, values) {
  return cut(template, values).map((part, at) => (at % 2 ? make('bdi', { class: 'given' }, part) : part));
}

const heading = (template, values = {}) => make('h1', { tabindex: '-1' }, ...filled(template, values));
const paragraph = (template, values = {}) => make('p', null, ...filled(template, values));
const button = (label, kind, press) => make('button', { type: 'button', class: kind, onclick: press }, label);
const refuse = ({ text, refuse: press }) => button(text.refuse, 'danger', press);
const end = ({ text, end: press }, kind) => button(text.end, kind, press);
const waiting = (words) => make('p', { class: 'waiting' }, words);
const duration = ({ text, view }) => [text.duration, text.minutes(view.minutes)];
const over = (...lines) => [heading(lines[0]), ...lines.slice(1).map((line) => paragraph(line))];

function warning({ text }) {
  return make('aside', { class: 'warning', 'aria-label': text.warning }, make('strong', null, text.warning), ' ', text.warningText);
}

function facts({ text, view }, ...more) {
  const rows = [
    [text.ecosystem, make('bdi', null, view.ecosystem.name)],
    [text.environments, view.environments.map((name) => ENVIRONMENTS[name] ?? name).join(', ')],
    [text.access, text.can[view.access]],
    ...more,
  ];
  return make('dl', null, ...rows.map(([term, value]) => make('div', null, make('dt', null, term), make('dd', null, value))));
}

export const screens = {
  blank: (page) => [heading(page.text.blankHeading), paragraph(page.text.blankText), warning(page)],

  door: (page) => [
    heading(page.text.doorHeading),
    paragraph(page.text.doorText),
    button(page.text.see, 'primary', page.see),
    warning(page),
    make('section', { class: 'aside' }, paragraph(page.text.doorEnd), end(page, 'danger')),
  ],

  request: (page) => [
    heading(page.text.requestHeading, { agent: page.view.agent.name }),
    paragraph(page.text.requestText[page.view.access], { minutes: page.text.minutes(page.view.minutes) }),
    facts(page, duration(page)),
    warning(page),
    make('h2', null, page.text.compareHeading),
    paragraph(page.text.compareText),
    make('p', { class: 'number' }, page.view.match_number),
    paragraph(page.text.compareElse),
    ...(page.agentEntry ? toTell(page) : [codeForm(page)]),
  ],

  entered: (page) => [
    heading(page.text.enteredHeading),
    paragraph(page.text.enteredText, { agent: page.view.agent.name, number: page.view.match_number }),
    waiting(page.text.enteredWaiting),
    facts(page, duration(page)),
    warning(page),
    refuse(page),
  ],

  expired: (page) => [
    heading(page.text.expiredHeading),
    make('p', { id: 'expires', class: 'hint over' }, page.text.codeExpired),
    facts(page, duration(page)),
    warning(page),
    refuse(page),
  ],

  consented: (page) => [
    heading(page.text.consentedHeading),
    paragraph(page.text.consentedText, { agent: page.view.agent.name }),
    waiting(page.text.consentedWaiting),
    facts(page, duration(page)),
    refuse(page),
  ],

  session: (page) => [
    heading(page.text.sessionHeading, { agent: page.view.agent.name }),
    make(
      'p',
      { class: 'clock' },
      make('span', { class: 'label' }, page.text.sessionLeft),
      make('span', { id: 'left', role: 'timer', 'aria-live': 'off' }),
    ),
    end(page, 'danger strong'),
    paragraph(page.text.sessionText),
    facts(page),
  ],

  refused: ({ text }) => over(text.refusedHeading, text.refusedText, text.report),
  ended: ({ text }) => over(text.endedHeading, text.endedText, text.report),
  finished: ({ text }) => over(text.finishedHeading, text.finishedText, text.report),
  replaced: ({ text }) => over(text.replacedHeading, text.replacedText, text.report),
  locked: ({ text }) => over(text.lockedHeading, text.lockedText, text.report),
  gone: ({ text }) => over(text.goneHeading, text.goneText, text.report),
};

/** Where the agent alone enters the code, the customer reads it out. */
function toTell(page) {
  return [
    make('h2', null, page.text.tellHeading),
    paragraph(page.text.tellText),
    make('p', { id: 'expires', class: 'hint' }),
    waiting(page.text.enteredWaiting),
    refuse(page),
  ];
}

/** Who is asked for changes can allow viewing alone. */
function choices({ text }) {
  const choice = (access) =>
    make(
      'label',
      { class: 'choice' },
      make('input', { type: 'radio', name: 'access', value: access, checked: access === 'change' }),
      make('span', null, text.choices[access]),
    );
  return make('fieldset', null, make('legend', null, text.choose), choice('change'), choice('view'));
}

function codeForm(page) {
  const { text } = page;
  const field = make('input', {
    id: 'code',
    name: 'code',
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    spellcheck: 'false',
    'aria-describedby': 'expires',
  });
  const submit = (event) => {
    event.preventDefault();
    const chosen = event.target.querySelector('[name=access]:checked');
    page.allow(field, press, chosen?.value ?? page.view.access);
  };
  const press = make('button', { type: 'submit', class: 'primary' }, text.allow);
  return make(
    'form',
    { novalidate: true, onsubmit: submit },
    page.view.access === 'change' ? choices(page) : null,
    make('h2', null, text.codeHeading),
    make('label', { for: 'code' }, text.code),
    field,
    make('p', { id: 'expires', class: 'hint' }),
    press,
    make('p', { class: 'hint' }, text.codeText),
    refuse(page),
  );
}
