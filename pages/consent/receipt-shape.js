// The members of a receipt and what each can be. docs/receipt.md describes them.

const ID = /^[\w-]{22}$/u;

const text = (value) => typeof value === 'string';
const flag = (value) => typeof value === 'boolean';
const whole = (value) => Number.isSafeInteger(value);
const count = (value) => whole(value) && value >= 0;
const orNull = (kind) => (value) => value === null || kind(value);
const oneOf =
  (...names) =>
  (value) =>
    names.includes(value);
const listOf = (kind) => (value) => Array.isArray(value) && value.every((item) => kind(item));

/** An object with these members and no others; of which the `optional` ones may be missing. */
function object(members, optional = {}) {
  return (value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
    const kinds = new Map([...Object.entries(members), ...Object.entries(optional)]);
    const known = Object.entries(value).every(([name, member]) => kinds.get(name)?.(member) === true);
    return known && Object.keys(members).every((name) => Object.hasOwn(value, name));
  };
}

const access = oneOf('view', 'change');
const environment = oneOf('store', 'web', 'app', 'rcm');
const actor = oneOf('agent', 'customer', 'environment', 'system');
const person = object({ id: text, name: text });

export const ACTIONS = [
  'started',
  'agent-code-sent',
  'agent-code-refused',
  'agent-verified',
  'consent-asked',
  'consent-code-refused',
  'consent-entered',
  'consented',
  'mail-failed',
  'email-undelivered',
  'email-reported',
  'mint-started',
  'mint-failed',
  'session-started',
  'handoff-redeemed',
  'app-qr-sent',
  'activity-read',
  'customer-told',
  'completed',
  'ended',
  'finished',
  'cancelled',
  'denied',
  'expired',
  'locked',
];

const EMAILS = ['agent-code', 'consent-request', 'grant-used', 'session-started', 'app-qr', 'closed'];

/** The members of each kind of detail beside `kind`: those that it has, and those that it may have. */
const DETAILS = {
  'support-grant': [{ id: text }],
  sending: [{ number: count, of: count }],
  'consent-request': [{ ecosystem: text, number: count, of: count }, { access }],
  'wrong-entry': [{ number: count, of: count }],
  'access-narrowed': [{ access }],
  'consented-by-grant': [{}],
  attempt: [{ number: count }],
  session: [{ ecosystem: text, environments: listOf(environment) }, { access }],
  environment: [{ environment }],
  'app-qr': [{}],
  'activity-list': [{ continued: flag }],
  'activity-item': [{ id: text }],
  notice: [{ notice: oneOf('grant_used', 'start', 'close') }],
  email: [{ email: oneOf(...EMAILS) }, { number: count }],
  'credentials-replaced': [{}],
  'grant-revoked': [{}],
};

export const KINDS = Object.keys(DETAILS);

function facts(value) {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(DETAILS, value.kind)) return false;
  const [members, optional] = DETAILS[value.kind];
  return object({ kind: text, ...members }, optional)(value);
}

const step = object({ seq: count, at: whole, actor, action: oneOf(...ACTIONS), detail: () => true, hash: text });

const RECEIPT = {
  version: count,
  verification: (value) => text(value) && ID.test(value),
  module: oneOf('technical-assistance', 'ecosystem-admin', 'support-grant'),
  ticket: orNull(text),
  agent: person,
  customer: person,
  ecosystem: person,
  environments: listOf(environment),
  app_qr_given_to: orNull(actor),
  customer_second_factor: oneOf('none', 'not-asked'),
  session: object({ started_at: text, ended_at: text, expires_at: text }),
  outcome: oneOf('completed', 'ended', 'finished', 'cancelled', 'denied', 'expired', 'locked'),
  reason: orNull(text),
  steps: listOf(step),
  head: text,
};
/** What the first receipts do not say. */
const LATER = { visibility: object({ messages: flag, talks: flag }), access };
const SIGNATURE = { algorithm: text, key: text, value: text };

/** Returns the name of a member that keeps a signed receipt from being read; null if there is none. */
export function strangeMember(signed) {
  return strangeIn('receipt', signed.receipt, RECEIPT, LATER) ?? strangeIn('signature', signed.signature, SIGNATURE) ?? beside(signed);
}

function beside(signed) {
  return Object.keys(signed).find((name) => name !== 'receipt' && name !== 'signature') ?? null;
}

function strangeIn(place, value, members, optional = {}) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return place;
  const missing = Object.keys(members).find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return missing;
  const kinds = new Map([...Object.entries(members), ...Object.entries(optional)]);
  return Object.keys(value).find((name) => kinds.get(name)?.(value[name]) !== true) ?? null;
}

/** Whether a step's detail is what no receipt of this version has: in version 1 it is a text, afterwards nothing, facts, or an older text. */
export function detailIsStrange(version, detail) {
  return !(text(detail) || (version > 1 && (detail === null || facts(detail))));
}
