// A stand-in for the Store, the Web, the App or the RCM: it does what `docs/environments.md` asks of an environment, and nothing else.

// First of all, the handoff is removed from the address.
const given = new URLSearchParams(location.hash.slice(1)).get('handoff');
if (location.hash !== '') history.replaceState(null, '', location.pathname);

const { environment, apiUrl } = await (await fetch('/config.json')).json();
const NAMES = { store: 'Store', web: 'Web', app: 'App', rcm: 'RCM' };
const PLACES = {
  store: {
    home: [
      'Store',
      [
        ['Orders', ['No. 20417, delivered yesterday', 'No. 20398, on its way', 'No. 20371, returned']],
        ['Subscription', ['Renews on the first of the month', 'Paid by card']],
      ],
    ],
  },
  web: {
    home: [
      'Home',
      [
        ['Your ecosystem at a glance', ['14 members', '3 requests waiting for you', '2 modules switched on']],
        ['Administration', ['Members and roles', 'Plan and invoices', 'Modules']],
      ],
    ],
    'my-ecosystem': [
      'My Ecosystem',
      [
        ['Members', ['You, and 13 others', '2 invitations are open']],
        ['What is new', ['A document was shared with you', 'The calendar has changed']],
      ],
    ],
  },
  app: {
    home: [
      'Today',
      [
        ['Tasks', ['Call the supplier', 'Sign the delivery note']],
        ['Calendar', ['10:30 Team', '16:00 Review']],
      ],
    ],
  },
  rcm: {
    'rcm-dashboard': [
      'RCM dashboard',
      [
        ['This week', ['128 contacts', '7 open cases', '3 renewals']],
        ['Pipeline', ['New: 12', 'In progress: 5', 'Won: 9']],
      ],
    ],
  },
};
const PATIENCE_MS = 10_000;
const main = document.getElementById('main');
const banner = document.getElementById('banner');
document.body.dataset.environment = environment;
document.getElementById('environment').textContent = NAMES[environment];
document.title = `Waizant ${NAMES[environment]}`;

let session = null; // {token, ends (ms, this machine's clock), ...as the API gave it}
let timer;

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

const panel = (title, lines) =>
  make('section', null, make('h2', null, title), make('ul', null, ...lines.map((line) => make('li', null, line))));

async function redeem(handoff) {
  say('Opening the support session…');
  let answer;
  try {
    answer = await fetch(`${apiUrl}/handoffs/redeem`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ handoff, environment }),
    });
  } catch {
    answer = { status: 503 };
  }
  if (answer.status === 200) {
    const { access_token: token, expires_in, session: about } = await answer.json();
    session = { ...about, token, ends: Date.now() + expires_in * 1000 };
    sessionStorage.setItem('session', JSON.stringify(session));
    enter();
  } else if (answer.status === 410) {
    say('This link is no longer valid', 'It was used before, or its session has ended. Ask the agent for a new session.');
  } else {
    say('The session could not be opened', 'Something went wrong. Try again in a moment.');
    main.append(make('button', { type: 'button', onclick: () => redeem(handoff) }, 'Try again'));
  }
}

function enter() {
  const [title, panels] = PLACES[environment][session.landing] ?? PLACES[environment].home;
  const shown = panels.map(([name, lines]) => panel(name, lines));
  document.getElementById('person').replaceChildren(make('bdi', null, session.customer.name), ' · ', make('bdi', null, session.ecosystem));
  main.replaceChildren(
    make('h1', null, title),
    make('div', { class: 'panels' }, ...shown),
    ...changes(),
    make(
      'details',
      null,
      make('summary', null, 'What the access token says'),
      make('pre', { tabindex: '0' }, JSON.stringify(claims(session.token), null, 2)),
    ),
  );
  banner.replaceChildren(
    'Support session of ',
    make('b', null, make('bdi', null, session.agent.name)),
    ' for ',
    make('b', null, make('bdi', null, session.customer.name)),
    ' · ',
    make('span', { id: 'left', role: 'timer', 'aria-live': 'off' }),
    ' left',
  );
  banner.hidden = false;
  tick();
  timer = setInterval(tick, 500);
  follow(session);
  addCorrespondence(session);
}

/** What a session that may change things can do here. The backend refuses it to every other session, whatever this page shows. */
function changes() {
  const said = make('p', { role: 'status' }, session.access === 'change' ? '' : 'This session can only view.');
  const press = make('button', { type: 'button', onclick: () => addNote(said) }, 'Add a note');
  press.disabled = session.access !== 'change';
  return [press, said];
}

async function addNote(said) {
  try {
    const { notes } = await ask('/notes', session);
    said.textContent = notes === undefined ? 'The note was refused.' : `Notes here: ${notes}.`;
  } catch {
    said.textContent = 'The note could not be added. Try again.';
  }
}

/** Messages and talks come from the backend, which returns only what the customer allows the agent to see. */
async function addCorrespondence(entered) {
  let found;
  try {
    found = await ask('/correspondence', entered);
  } catch {
    return; // The backend is down; the session continues without them.
  }
  if (session !== entered || found === null) return;
  const panels = main.querySelector('.panels');
  for (const [name, lines] of Object.entries(found)) {
    if (lines === null) panels.after(make('p', { class: 'kept' }, `The customer does not share ${name}.`));
    else panels.append(panel(name === 'talks' ? 'Talks' : 'Messages', lines));
  }
}

async function ask(path, entered) {
  return (await fetch(path, { method: 'POST', headers: { authorization: `Bearer ${entered.token}` } })).json();
}

function claims(token) {
  const bytes = Uint8Array.from(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

function tick() {
  if (session === null) return;
  const left = Math.ceil((session.ends - Date.now()) / 1000);
  if (left <= 0) leave('Its time is up.');
  else document.getElementById('left').textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}

/** Asks this page's backend every second whether the session is active; the backend asks the API. No answer for ten seconds is a no. */
async function follow(followed) {
  let heard = Date.now();
  while (session === followed) {
    let active = null;
    try {
      // biome-ignore lint/performance/noAwaitInLoops: the next question waits for this answer.
      ({ active } = await ask('/active', followed));
    } catch {
      // The backend is down; it is asked again.
    }
    if (session !== followed) return;
    if (active === true) heard = Date.now();
    else if (active === false) leave('It was ended.');
    else if (Date.now() - heard > PATIENCE_MS) leave('For too long it was impossible to check whether it is still active.');
    await new Promise((done) => setTimeout(done, 1000));
  }
}

function leave(why) {
  session = null;
  clearInterval(timer);
  sessionStorage.removeItem('session');
  banner.hidden = true;
  banner.replaceChildren();
  document.getElementById('person').replaceChildren();
  say('The support session is over', why);
}

function say(title, ...more) {
  main.replaceChildren(make('h1', null, title), ...more.map((line) => make('p', { role: 'status' }, line)));
}

const kept = sessionStorage.getItem('session');
if (given) {
  sessionStorage.removeItem('session');
  // The App's link is sent by email, too, and scanners open links and run scripts: it needs a press.
  if (environment === 'app') {
    say('A support session', 'The link opens once, while the session lasts.');
    main.append(make('button', { type: 'button', onclick: () => redeem(given) }, 'Open it here'));
  } else await redeem(given);
} else if (kept === null) {
  say('Nobody is signed in', "A customer would sign in here. A support session is opened from the agents' console.");
} else {
  session = JSON.parse(kept);
  enter();
}
