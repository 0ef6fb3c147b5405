// Every text of the page that checks receipts. `verify-receipt` says the same of a receipt.

const named = { store: 'Waizant Store', web: 'Waizant Web', app: 'Waizant App', rcm: 'Waizant RCM' };
const listed = (environments) => environments.map((name) => named[name]).join(', ');

const en = {
  title: 'Check a receipt',
  other: 'Español',
  intro:
    'Choose the receipt that was attached to the email about the end of a session: a file called “receipt-….json”. It is checked here, in your browser, and is sent nowhere.',
  file: 'Receipt',
  dropped: 'You can also drop the file anywhere on this page.',
  keyHeading: 'The key',
  keyFetching: 'Getting the public key…',
  keyOwn: 'The key is that of a file of yours',
  keyFetched: 'The public key is here, so this page no longer needs the network',
  keyMissing: 'The public key could not be fetched. Connect to the network and reload, or choose a key that you saved earlier.',
  keyFile: 'A key that you saved (the answer of GET /receipts/key)',
  keyWrong: 'The key is not what GET /receipts/key answers.',
  print: 'Print',
  heading: 'What the receipt says',
  steps: 'What happened',
  good: ({ agent, customer, session, steps }) =>
    `This receipt is as it was signed: ${agent.name} in ${customer.name}'s account, from ${session.started_at} to ${session.ended_at}, ${steps.length} steps.`,
  faults: {
    'not-a-receipt': () => 'This is not a receipt.',
    truncated: () => 'This receipt is cut off: its end is missing.',
    unreadable: ({ what }) => `This receipt was altered: it cannot be read any more (${what}).`,
    version: ({ version }) => `This receipt is of version ${version}; this page checks versions 1 and 2.`,
    'not-canonical': ({ at }) => `This receipt was altered: byte ${at} is not as the receipt was written.`,
    'another-key': ({ key }) => `This receipt was signed with another key, "${key}".`,
    'unusable-key': () => 'The key is no public key on P-256, or it was altered.',
    step: ({ number }) => `This receipt was altered: step ${number} is not as recorded.`,
    head: () => 'This receipt was altered: steps are missing at the end, or `head` is not theirs.',
    signature: () => 'This receipt was altered: the steps are as recorded, but something beside them, or the signature, is not as signed.',
  },
  labels: {
    verification: 'Verification',
    module: 'Module',
    ticket: 'Case',
    agent: 'Agent',
    customer: 'Customer',
    ecosystem: 'Ecosystem',
    environments: 'Environments that could be opened',
    access: 'What the agent could do',
    hidden: 'Hidden from the agent',
    qr: 'Who got the App’s QR code',
    factor: 'Customer’s second factor',
    from: 'From',
    until: 'Until',
    deadline: 'Would have ended by itself',
    outcome: 'Outcome',
    reason: 'The agent’s reason',
    head: 'Hash of the last step',
    digest: 'SHA-256 of the file',
  },
  modules: {
    'technical-assistance': 'Technical Assistance',
    'ecosystem-admin': 'Ecosystem Admin',
    'support-grant': 'Remote Assistance, with credentials that the customer created',
  },
  access: { view: 'view only, without changing anything', change: 'view and change' },
  shown: { messages: 'messages', talks: 'talks', all: 'nothing' },
  nobody: 'nobody',
  factor: { none: 'none', 'not-asked': 'not asked for: a support session does not need it' },
  outcomes: {
    completed: 'its time ran out',
    ended: 'ended by the customer',
    finished: 'ended by the agent, who had finished',
    cancelled: 'cancelled by the agent',
    denied: 'refused by the customer',
    expired: 'expired',
    locked: 'locked after too many wrong codes',
  },
  actors: { agent: 'Agent', customer: 'Customer', environment: 'Environment', system: 'System' },
  actions: {
    started: 'Customer looked up',
    'agent-code-sent': 'Code sent to the agent',
    'agent-code-refused': "Agent's code refused",
    'agent-verified': 'Agent verified',
    'consent-asked': 'Authorization requested',
    'consent-code-refused': "Customer's code refused",
    'consent-entered': "First entry of the customer's code",
    consented: 'Authorization given',
    'mail-failed': 'Email could not be sent',
    'email-undelivered': 'Email could not be delivered',
    'email-reported': 'Email reported as spam',
    'mint-started': 'Session opening',
    'mint-failed': 'Session could not be opened',
    'session-started': 'Session started',
    'handoff-redeemed': 'Environment opened',
    'app-qr-sent': 'QR code for the App sent to the customer',
    'activity-read': 'Activity read',
    'customer-told': 'Customer notified by email',
    completed: 'Session over',
    ended: 'Ended by the customer',
    finished: 'Ended by the agent, who had finished',
    cancelled: 'Cancelled by the agent',
    denied: 'Refused by the customer',
    expired: 'Expired',
    locked: 'Locked',
  },
  to: { view: ', to view', change: ', to view and change' },
  facts: {
    'support-grant': ({ id }) => `with the credentials of support grant ${id}`,
    sending: ({ number, of }) => `sending ${number} of ${of}`,
    'consent-request': ({ ecosystem, access, number, of }) =>
      `for ecosystem ${ecosystem}${en.to[access] ?? ''}, sending ${number} of ${of}`,
    'wrong-entry': ({ number, of }) => `wrong entry ${number} of ${of}`,
    'access-narrowed': ({ access }) => ({ view: 'to view only', change: 'to view and change' })[access],
    'consented-by-grant': () => 'beforehand, by support grant',
    attempt: ({ number }) => `attempt ${number}`,
    session: ({ ecosystem, access, environments }) => `in ecosystem ${ecosystem}${en.to[access] ?? ''}: ${listed(environments)}`,
    environment: ({ environment }) => named[environment],
    'app-qr': () => 'the QR code for the App',
    'activity-list': ({ continued }) => (continued ? 'the list, further back' : 'the list'),
    'activity-item': ({ id }) => `item ${id}`,
    notice: ({ notice }) =>
      ({ grant_used: 'that the support grant is used', start: 'that the session started', close: 'how it ended' })[notice],
    email: ({ email, number }) => `${en.emails[email]}${number === undefined ? '' : `, sending ${number}`}`,
    'credentials-replaced': () => 'the credentials were replaced',
    'grant-revoked': () => 'the support grant was revoked',
  },
  emails: {
    'agent-code': "the agent's code",
    'consent-request': 'the request for authorization',
    'grant-used': 'that the support grant is used',
    'session-started': 'that the session started',
    'app-qr': 'the QR code for the App',
    closed: 'how it ended',
  },
};

const es = {
  title: 'Revisar un recibo',
  other: 'English',
  intro:
    'Elija el recibo que venía adjunto al correo sobre el final de una sesión: un archivo llamado «receipt-….json». Se revisa aquí, en su navegador, y no se envía a ninguna parte.',
  file: 'Recibo',
  dropped: 'También puede soltar el archivo en cualquier lugar de esta página.',
  keyHeading: 'La clave',
  keyFetching: 'Obteniendo la clave pública…',
  keyOwn: 'La clave es la de un archivo suyo',
  keyFetched: 'La clave pública ya está aquí: esta página ya no necesita la red',
  keyMissing: 'No se pudo obtener la clave pública. Conéctese a la red y recargue la página, o elija una clave que haya guardado antes.',
  keyFile: 'Una clave que usted guardó (la respuesta de GET /receipts/key)',
  keyWrong: 'La clave no es la respuesta de GET /receipts/key.',
  print: 'Imprimir',
  heading: 'Qué dice el recibo',
  steps: 'Qué pasó',
  good: ({ agent, customer, session, steps }) =>
    `Este recibo está como se firmó: ${agent.name} en la cuenta de ${customer.name}, de ${session.started_at} a ${session.ended_at}, ${steps.length} pasos.`,
  faults: {
    'not-a-receipt': () => 'Esto no es un recibo.',
    truncated: () => 'Este recibo está cortado: falta el final.',
    unreadable: ({ what }) => `Este recibo fue alterado: ya no se puede leer (${what}).`,
    version: ({ version }) => `Este recibo es de la versión ${version}; esta página revisa las versiones 1 y 2.`,
    'not-canonical': ({ at }) => `Este recibo fue alterado: el byte ${at} no está como se escribió el recibo.`,
    'another-key': ({ key }) => `Este recibo se firmó con otra clave, "${key}".`,
    'unusable-key': () => 'La clave no es una clave pública sobre P-256, o fue alterada.',
    step: ({ number }) => `Este recibo fue alterado: el paso ${number} no está como se registró.`,
    head: () => 'Este recibo fue alterado: faltan pasos al final, o `head` no es el de ellos.',
    signature: () => 'Este recibo fue alterado: los pasos están como se registraron, pero otro dato, o la firma, no está como se firmó.',
  },
  labels: {
    verification: 'Verificación',
    module: 'Módulo',
    ticket: 'Caso',
    agent: 'Agente',
    customer: 'Cliente',
    ecosystem: 'Ecosistema',
    environments: 'Entornos que se podían abrir',
    access: 'Qué podía hacer el agente',
    hidden: 'Oculto para el agente',
    qr: 'Quién recibió el código QR de la App',
    factor: 'Segundo factor del cliente',
    from: 'Desde',
    until: 'Hasta',
    deadline: 'Habría terminado por sí sola',
    outcome: 'Resultado',
    reason: 'Motivo del agente',
    head: 'Hash del último paso',
    digest: 'SHA-256 del archivo',
  },
  modules: {
    'technical-assistance': 'Asistencia técnica',
    'ecosystem-admin': 'Administración de ecosistemas',
    'support-grant': 'Asistencia remota, con credenciales que creó el cliente',
  },
  access: { view: 'solo ver, sin cambiar nada', change: 'ver y cambiar' },
  shown: { messages: 'mensajes', talks: 'conversaciones', all: 'nada' },
  nobody: 'nadie',
  factor: { none: 'ninguno', 'not-asked': 'no se pidió: una sesión de soporte no lo necesita' },
  outcomes: {
    completed: 'se acabó su tiempo',
    ended: 'terminada por el cliente',
    finished: 'terminada por el agente, que ya había acabado',
    cancelled: 'cancelada por el agente',
    denied: 'rechazada por el cliente',
    expired: 'vencida',
    locked: 'bloqueada por demasiados códigos incorrectos',
  },
  actors: { agent: 'Agente', customer: 'Cliente', environment: 'Entorno', system: 'Sistema' },
  actions: {
    started: 'Cliente buscado',
    'agent-code-sent': 'Código enviado al agente',
    'agent-code-refused': 'Código del agente rechazado',
    'agent-verified': 'Agente validado',
    'consent-asked': 'Autorización pedida',
    'consent-code-refused': 'Código del cliente rechazado',
    'consent-entered': 'Primer ingreso del código del cliente',
    consented: 'Autorización dada',
    'mail-failed': 'No se pudo enviar el correo',
    'email-undelivered': 'No se pudo entregar el correo',
    'email-reported': 'Correo denunciado como no deseado',
    'mint-started': 'Sesión abriéndose',
    'mint-failed': 'No se pudo abrir la sesión',
    'session-started': 'Sesión iniciada',
    'handoff-redeemed': 'Entorno abierto',
    'app-qr-sent': 'Código QR de la App enviado al cliente',
    'activity-read': 'Actividad consultada',
    'customer-told': 'Aviso enviado al cliente',
    completed: 'Sesión terminada',
    ended: 'Terminada por el cliente',
    finished: 'Terminada por el agente, que ya había acabado',
    cancelled: 'Cancelada por el agente',
    denied: 'Rechazada por el cliente',
    expired: 'Vencida',
    locked: 'Bloqueada',
  },
  to: { view: ', para ver', change: ', para ver y cambiar' },
  facts: {
    'support-grant': ({ id }) => `con las credenciales del acceso ofrecido ${id}`,
    sending: ({ number, of }) => `envío ${number} de ${of}`,
    'consent-request': ({ ecosystem, access, number, of }) =>
      `para el ecosistema ${ecosystem}${es.to[access] ?? ''}, envío ${number} de ${of}`,
    'wrong-entry': ({ number, of }) => `código incorrecto ${number} de ${of}`,
    'access-narrowed': ({ access }) => ({ view: 'solo para ver', change: 'para ver y cambiar' })[access],
    'consented-by-grant': () => 'de antemano, con el acceso ofrecido',
    attempt: ({ number }) => `intento ${number}`,
    session: ({ ecosystem, access, environments }) => `en el ecosistema ${ecosystem}${es.to[access] ?? ''}: ${listed(environments)}`,
    environment: ({ environment }) => named[environment],
    'app-qr': () => 'el código QR de la App',
    'activity-list': ({ continued }) => (continued ? 'la lista, más atrás' : 'la lista'),
    'activity-item': ({ id }) => `elemento ${id}`,
    notice: ({ notice }) =>
      ({ grant_used: 'de que se usa su acceso ofrecido', start: 'de que empezó la sesión', close: 'de cómo terminó' })[notice],
    email: ({ email, number }) => `${es.emails[email]}${number === undefined ? '' : `, envío ${number}`}`,
    'credentials-replaced': () => 'se reemplazaron las credenciales',
    'grant-revoked': () => 'se revocó el acceso ofrecido',
  },
  emails: {
    'agent-code': 'el código del agente',
    'consent-request': 'la solicitud de autorización',
    'grant-used': 'que se usa el acceso ofrecido',
    'session-started': 'que empezó la sesión',
    'app-qr': 'el código QR de la App',
    closed: 'cómo terminó',
  },
};

export const words = { en, es };
export const environmentsInWords = listed;

// What would move or turn the text around it (Unicode annex 9), as in `verify-receipt`.
const STEERING = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f]/gu;

/** What others wrote, with nothing in it that could steer the text around it. */
export function printable(text) {
  return text.replaceAll(STEERING, '\u{fffd}');
}

/** A moment in milliseconds since 1970, as it was recorded: in UTC, to the second. */
export function moment(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : `${date.toISOString().slice(0, -5)}Z`;
}

/** What a step says: who, and what. */
export function stepInWords({ actor, action, detail }, text) {
  const said = typeof detail === 'string' ? detail : detailInWords(action, detail, text);
  return { who: text.actors[actor], what: text.actions[action], more: said === '' ? null : printable(said) };
}

function detailInWords(action, detail, text) {
  if (detail === null || (detail.kind === 'app-qr' && action === 'app-qr-sent')) return '';
  return text.facts[detail.kind](detail);
}

/**
 * The sentence about what came of the check.
 * @param {{receipt?: any, fault?: {kind: string, [more: string]: unknown}}} result
 */
export function sentence({ receipt, fault }, text) {
  return printable(fault === undefined ? text.good(receipt) : text.faults[fault.kind](fault));
}
