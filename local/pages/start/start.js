// What there is to open, who can sign in, and the mails as they arrive.

const byId = (id) => document.getElementById(id);
let mails = []; // newest first
let source = null; // the stack that they are of
let chosen = null; // a mail's number
let following = true; // the newest is shown as it arrives, until a mail is picked: what somebody reads stays
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
    setTimeout(describe, 2000); // it is still being deployed
    return;
  }
  const stack = await answer.json();
  for (const page of ['console', 'store', 'web', 'app', 'rcm']) byId(page).href = stack.origins[page];
  byId('remote-assistance').href = stack.remote_assistance;
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

async function fetchMails() {
  try {
    const answer = await fetch(`mails.json?after=${mails[0]?.number ?? 0}`);
    if (answer.ok) {
      const found = await answer.json();
      if (found.stack !== (source ??= found.stack)) {
        location.reload(); // the stack was started anew: nothing here is of that one
        return;
      }
      mails = [...found.mails, ...mails];
      list();
      if (following) chooseNewest();
    }
  } catch {
    // The stack is down; it may come back.
  }
  setTimeout(fetchMails, 1000);
}

const visible = () => mails.filter((mail) => byId('to').value === '' || mail.to === byId('to').value);
const time = (mail) => new Date(mail.at * 1000).toLocaleTimeString('en-GB');

function list() {
  const select = byId('to');
  const known = [...select.options].map((option) => option.value);
  for (const to of new Set(mails.map((mail) => mail.to))) if (!known.includes(to)) select.append(new Option(to, to));
  byId('none').hidden = visible().length > 0;
  const wanted = new Set(visible().map((mail) => mail.number));
  for (const item of [...byId('mails').children]) if (!wanted.has(numberOf(item))) item.remove();
  // Those that stay are not touched: whoever is on one with the keyboard stays there.
  let next = byId('mails').firstElementChild;
  for (const mail of visible()) {
    if (next !== null && numberOf(next) === mail.number) next = next.nextElementSibling;
    else byId('mails').insertBefore(entry(mail), next);
  }
  for (const item of byId('mails').children) item.firstElementChild.setAttribute('aria-current', String(numberOf(item) === chosen));
}

const numberOf = (item) => Number(item.dataset.number);

function entry(mail) {
  return make(
    'li',
    { 'data-number': mail.number },
    make(
      'button',
      { type: 'button', onclick: () => pick(mail.number) },
      make('span', { class: 'to' }, mail.to),
      make('span', { class: 'quiet' }, time(mail)),
      make('span', { class: 'subject' }, mail.subject),
    ),
  );
}

function pick(number) {
  following = false;
  choose(number);
}

function chooseNewest() {
  const newest = visible()[0];
  if (newest && newest.number !== chosen) choose(newest.number);
}

function choose(number) {
  chosen = number;
  const mail = mails.find((each) => each.number === number);
  for (const [id, value] of Object.entries({ subject: mail.subject, from: mail.from, recipient: mail.to, at: time(mail) }))
    byId(id).textContent = value;
  byId('page').src = `/mails/${number}.html`;
  byId('text').replaceChildren(...linked(mail.text));
  byId('files').hidden = mail.attachments.length === 0;
  byId('files').replaceChildren(
    'Attached: ',
    ...mail.attachments.map((name, at) => make('a', { href: `/mails/${number}/${at}`, download: name }, name)),
  );
  byId('mail').hidden = false;
  show();
  list();
}

function linked(text) {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, at) => (at % 2 ? make('a', { href: part, target: '_blank', rel: 'noopener noreferrer' }, part) : part));
}

function show() {
  const text = asText || !mails.find((mail) => mail.number === chosen)?.html;
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
byId('as-html').addEventListener('click', () => ((asText = false), show()));
byId('as-text').addEventListener('click', () => ((asText = true), show()));
describe();
fetchMails();
