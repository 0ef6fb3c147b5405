// The links of the local stack, the people who can sign in, and the emails as they arrive.

const LINK = /(https?:\/\/[^\s<>"]+)/u;

const byId = (id) => document.getElementById(id);
let emails = []; // newest first
let source = null; // the stack that sent them
let chosen = null; // the number of the email that is shown
let following = true; // the newest is shown as it arrives, until somebody picks one
let asText = false;

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

async function describe() {
  const answer = await fetch('stack.json');
  if (!answer.ok) {
    setTimeout(describe, 2000); // the stack is still being deployed
    return;
  }
  const stack = await answer.json();
  for (const link of document.querySelectorAll('a[id]')) {
    if (link.id in stack.origins) link.href = stack.origins[link.id];
  }
  byId('remote-assistance').href = stack.remote_assistance;
  byId('receipt').href = stack.receipt;
  byId('offers').textContent = stack.customers[0].email;
  byId('password').textContent = stack.password;
  byId('api').textContent = stack.api;
  const person = ({ name, email }, about) =>
    make('li', null, make('b', null, name), make('code', null, email), make('span', { class: 'quiet' }, about));
  byId('agents').replaceChildren(...stack.agents.map((agent) => person(agent, agent.groups.join(', ') || 'in no group')));
  byId('customers').replaceChildren(
    ...stack.customers.map((customer) => {
      const where = customer.ecosystems.map(({ role, plan, modules }) => [role, plan, ...modules].join(' ')).join('; ');
      const state = [customer.status, customer.sign_in].filter((word) => !['active', 'confirmed'].includes(word));
      return person(customer, [where, ...state].join(', '));
    }),
  );
}

async function fetchEmails() {
  try {
    const answer = await fetch(`mails.json?after=${emails[0]?.number ?? 0}`);
    if (answer.ok) {
      const found = await answer.json();
      source ??= found.stack;
      if (found.stack !== source) {
        location.reload(); // another stack has started: everything here is out of date
        return;
      }
      emails = [...found.mails, ...emails];
      list();
      if (following) chooseNewest();
    }
  } catch {
    // The stack is down; it may come back.
  }
  setTimeout(fetchEmails, 1000);
}

const visible = () => emails.filter((email) => byId('to').value === '' || email.to === byId('to').value);
const time = (email) => new Date(email.at * 1000).toLocaleTimeString('en-GB');

function list() {
  const select = byId('to');
  const known = [...select.options].map((option) => option.value);
  for (const to of new Set(emails.map((email) => email.to))) if (!known.includes(to)) select.append(new Option(to, to));
  byId('none').hidden = visible().length > 0;
  const wanted = new Set(visible().map((email) => email.number));
  for (const item of [...byId('emails').children]) if (!wanted.has(numberOf(item))) item.remove();
  // The items that stay are not touched, so that a keyboard focus on one of them stays, too.
  let next = byId('emails').firstElementChild;
  for (const email of visible()) {
    if (next !== null && numberOf(next) === email.number) next = next.nextElementSibling;
    else byId('emails').insertBefore(entry(email), next);
  }
  for (const item of byId('emails').children) item.firstElementChild.setAttribute('aria-current', String(numberOf(item) === chosen));
}

const numberOf = (item) => Number(item.dataset.number);

function entry(email) {
  return make(
    'li',
    { 'data-number': email.number },
    make(
      'button',
      { type: 'button', onclick: () => pick(email.number) },
      make('span', { class: 'to' }, email.to),
      make('span', { class: 'quiet' }, time(email)),
      make('span', { class: 'subject' }, email.subject),
    ),
  );
}

function pick(number) {
  following = false;
  choose(number);
}

function chooseNewest() {
  const [newest] = visible();
  if (newest && newest.number !== chosen) choose(newest.number);
}

function choose(number) {
  chosen = number;
  const email = emails.find((each) => each.number === number);
  for (const [id, value] of Object.entries({ subject: email.subject, from: email.from, recipient: email.to, at: time(email) }))
    byId(id).textContent = value;
  byId('page').src = `/mails/${number}.html`;
  byId('text').replaceChildren(...linked(email.text));
  byId('files').hidden = email.attachments.length === 0;
  byId('files').replaceChildren(
    'Attached: ',
    ...email.attachments.map((name, at) => make('a', { href: `/mails/${number}/${at}`, download: name }, name)),
  );
  byId('email').hidden = false;
  show();
  list();
}

function linked(text) {
  return text
    .split(LINK)
    .map((part, at) => (at % 2 ? make('a', { href: part, target: '_blank', rel: 'noopener noreferrer' }, part) : part));
}

function showAs(plain) {
  asText = plain;
  show();
}

function show() {
  const text = asText || !emails.find((email) => email.number === chosen)?.html;
  byId('page').hidden = text;
  byId('text').hidden = !text;
  byId('as-html').setAttribute('aria-pressed', String(!text));
  byId('as-text').setAttribute('aria-pressed', String(text));
}

byId('to').addEventListener('change', () => {
  following = true;
  list();
  chooseNewest();
});
byId('as-html').addEventListener('click', () => showAs(false));
byId('as-text').addEventListener('click', () => showAs(true));
describe();
fetchEmails();
