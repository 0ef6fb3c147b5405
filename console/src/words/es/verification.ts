import type { Words } from '../en';

export const grant: Words['grant'] = {
  title: 'Acceso ofrecido',
  beforehand: 'El cliente autorizó el acceso de antemano y puede revocarlo en cualquier momento.',
  wasBeforehand: 'El cliente autorizó el acceso de antemano.',
  until: 'Válido hasta',
  ended: { revoked: 'Revocado por el cliente', replaced: 'Credenciales reemplazadas por el cliente' },
  left: 'Tiempo restante del acceso',
  hidden: 'Oculto para usted',
  hiddenFromAgent: 'Oculto para el agente',
  messages: 'Mensajes',
  talks: 'Conversaciones',
  nothing: 'Nada',
  given: 'El cliente autorizó el acceso de antemano',
  tooShort: {
    title: 'El acceso ofrecido terminó, o termina demasiado pronto para una sesión',
    next: 'Una sesión necesita cinco minutos. Cancele el proceso y pida al cliente credenciales nuevas.',
  },
  moved: {
    started: 'Las credenciales son correctas. Sigue la validación interna.',
    consented: 'Su validación está completa y el cliente autorizó el acceso de antemano. Puede iniciar la sesión.',
  },
};

export const process: Words['process'] = {
  of: (name) => `para ${name}`,
  ticket: 'Ticket',
  agent: 'Agente',
  startedAt: 'Inicio',
  id: 'Verificación',
  copyId: 'Copiar el identificador de la verificación',
  progress: 'Avance',
  stages: {
    lookUp: 'Búsqueda',
    credentials: 'Credenciales',
    validation: 'Validación interna',
    consent: 'Autorización del cliente',
    session: 'Sesión',
  },
  stageState: { done: 'hecho', now: 'en curso', open: 'sin iniciar', stopped: 'detenido' },
  moved: {
    started: 'Se encontró al cliente. Sigue la validación interna.',
    agent_challenged: 'Se le envió un código a usted.',
    agent_verified: 'Su validación está completa. Elija un ecosistema.',
    awaiting_consent: 'Se pidió la autorización del cliente.',
    consented: 'El cliente dio su autorización. Puede iniciar la sesión.',
    minting: 'La sesión se está abriendo.',
    in_session: 'La sesión está abierta.',
    closed: 'La verificación está cerrada.',
  },
  anothersMoved: {
    started: 'La verificación se inició. Sigue la validación interna.',
    agent_challenged: 'Se envió un código al agente.',
    agent_verified: 'La validación del agente está completa.',
    awaiting_consent: 'Se pidió la autorización del cliente.',
    consented: 'El cliente dio su autorización. Se puede iniciar la sesión.',
    minting: 'La sesión se está abriendo.',
    in_session: 'La sesión está abierta.',
    closed: 'La verificación está cerrada.',
  },
  idle: 'Se cierra en',
  idleHint: {
    agent: 'si usted no hace nada.',
    customer: 'si el cliente no hace nada.',
    entry: 'si usted no ingresa el código.',
    start: 'si no se inicia la sesión.',
    another: (agent) => `si ${agent} no hace nada.`,
  },
  notYours: (agent) => `${agent} lleva esta verificación. Usted puede leerla, pero no modificarla.`,
  stale: 'Es posible que esta página esté desactualizada: el servidor no respondió a la última consulta. La página lo sigue intentando.',
  missing: {
    title: 'Esta verificación no existe',
    next: 'No es suya o la dirección es incorrecta. Búsquela en sus verificaciones o inicie otra.',
  },
};

export const validation: Words['validation'] = {
  title: 'Validación interna',
  explain: 'Antes de mostrar datos del cliente, Waizant comprueba que usted sea un agente de soporte autorizado.',
  send: (email) => `Le enviaremos un código de seis dígitos a ${email}.`,
  button: 'Iniciar verificación',
  sent: (address) => `Un código de seis dígitos va en camino a ${address}.`,
  field: 'Su código',
  enter: 'Verificar código',
};

export const code: Words['code'] = {
  expiresIn: 'El código vence en',
  expired: 'El código venció. Pida uno nuevo.',
  attempts: (left) => (left === 1 ? 'Queda 1 intento' : `Quedan ${left} intentos`),
  format: 'Seis dígitos.',
  wrongFormat: 'Ingrese exactamente seis dígitos.',
  refused: (left) =>
    `El código es incorrecto, venció o ya se usó. ${left === 1 ? 'Queda 1 intento.' : `Quedan ${left} intentos.`} Revíselo o pida uno nuevo.`,
  resend: 'Reenviar',
  resendIn: (time) => `Reenviar en ${time}`,
  resendHint: 'Un código nuevo anula el anterior y todo lo ingresado con él.',
};

export const customer: Words['customer'] = {
  name: 'Nombre',
  email: 'Correo electrónico',
  masked: 'Verá el nombre y los demás datos cuando se complete su validación.',
  maskedYet: 'El nombre y los demás datos se muestran cuando se completa la validación del agente.',
  status: 'Cuenta',
  signIn: 'Inicio de sesión',
  mfa: 'Segundo factor',
  mfaOn: 'Activado. Una sesión de soporte no lo pide.',
  mfaOff: 'Desactivado',
  ecosystems: 'Ecosistemas',
  statuses: { active: 'Activa', suspended: 'Suspendida' },
  signInStates: {
    confirmed: { title: 'Puede iniciar sesión', next: '' },
    unconfirmed: {
      title: 'No puede iniciar sesión: nunca confirmó su correo electrónico',
      next: 'El cliente debe ingresar el código del correo de bienvenida o pedir otro en la página de inicio de sesión.',
    },
    'must-change-password': {
      title: 'No puede iniciar sesión: debe cambiar su primera contraseña',
      next: 'El cliente debe iniciar sesión con la contraseña que recibió y elegir allí una nueva.',
    },
    'reset-required': {
      title: 'No puede iniciar sesión: debe restablecer su contraseña',
      next: 'El cliente debe elegir «Olvidé mi contraseña» en la página de inicio de sesión.',
    },
    disabled: {
      title: 'No puede iniciar sesión: la cuenta está deshabilitada',
      next: 'Un administrador de las cuentas de los clientes puede decir por qué y habilitarla.',
    },
    federated: {
      title: 'Inicia sesión con otro proveedor',
      next: 'Ese proveedor guarda la contraseña, así que solo él puede ayudar. No se puede abrir una sesión de soporte.',
    },
    missing: {
      title: 'No puede iniciar sesión: no tiene cuenta de inicio de sesión',
      next: 'El cliente está en el directorio, pero no tiene una cuenta para iniciar sesión. Avise a un administrador de las cuentas de los clientes.',
    },
  },
  suspended: 'La cuenta está suspendida. Facturación o un administrador pueden decir por qué.',
  noConsent: {
    title: 'No se puede abrir una sesión para este cliente',
    next: 'Explíquele al cliente por qué, elija «Cancelar proceso» e ingrese el motivo.',
  },
};

export const ecosystem: Words['ecosystem'] = {
  title: 'Elija un ecosistema',
  description: 'La autorización se pide para este ecosistema. La sesión no abre ningún otro.',
  label: 'Ecosistema',
  roles: { admin: 'Administrador', member: 'Miembro', successor: 'Sucesor', unknown: 'Rol desconocido, con los derechos de un miembro' },
  plans: { premium: 'Premium', plus: 'Plus', unknown: 'Plan desconocido, con los derechos de Plus' },
  nothing: 'Aquí no se puede abrir nada.',
  none: 'Este cliente no tiene ningún ecosistema que se pueda abrir aquí. Elija «Cancelar proceso» e ingrese el motivo.',
  needed: 'Elija un ecosistema.',
  send: (address) => `El cliente recibe en ${address} un correo con un código, un número de verificación y un enlace para responder.`,
  button: 'Enviar código de verificación',
  other: 'Pedir otro ecosistema',
  keep: 'Seguir con este',
};

export const environments: Words['environments'] = {
  store: 'Waizant Store',
  web: 'Waizant Web',
  app: 'Waizant App',
  rcm: 'Waizant RCM',
};

export const consent: Words['consent'] = {
  title: 'Autorización del cliente',
  explain: (address) =>
    `Un correo va en camino a ${address}. El cliente abre el enlace del correo, ingresa allí el código y se lo lee a usted.`,
  explainAlone: (address) => `Un correo va en camino a ${address}. El cliente le lee a usted el código del correo.`,
  page: (address) => `La página correcta empieza con ${address}.`,
  verificationNumber: 'Número de verificación',
  verificationNumberHint: 'Léalo en voz alta. El cliente ve el mismo número en el correo y en la página.',
  entries: 'Códigos ingresados',
  customerEntry: 'El cliente, en la página',
  agentEntry: 'Usted, aquí',
  entered: 'ingresado',
  waiting: 'en espera',
  field: 'Código que le lee el cliente',
  enter: 'Verificar código',
  entriesDone: 'Usted ya ingresó el código. La sesión se puede iniciar en cuanto el cliente también lo ingrese.',
  given: 'El cliente dio su autorización',
  givenExplain: (chosen) => `Puede abrir ${chosen} durante cinco minutos, contados desde que presione el botón.`,
  start: 'Iniciar sesión de soporte',
  starting: 'La sesión se está abriendo',
  startingHint: 'Tarda unos segundos. Si falla, puede iniciar la sesión de nuevo.',
};
