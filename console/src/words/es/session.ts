import type { Words } from '../en';

export const session: Words['session'] = {
  title: 'Sesión',
  open: (customer, ecosystem) => `Usted está en ${ecosystem} como ${customer}.`,
  openBy: (agent, customer, ecosystem) => `${agent} está en ${ecosystem} como ${customer}.`,
  left: 'Tiempo restante',
  leftHint: 'No se puede prolongar. El cliente puede terminar la sesión en cualquier momento.',
  environments: 'Entornos',
  once: 'Cada uno se abre una sola vez.',
  opened: 'Abierto',
  opening: 'Abriendo…',
  notOpened: 'Todavía no se abrió. Puede intentarlo de nuevo.',
  over: 'Pasaron los cinco minutos. Verá cómo terminó la sesión en cuanto responda el servidor.',
  landings: {
    home: 'Abre en la página de inicio.',
    'my-ecosystem': 'Abre en Mi ecosistema.',
    'rcm-dashboard': 'Abre en el panel de RCM.',
  },
  app: 'Abre en un teléfono, con un código QR.',
  emailed: (address) => `Código QR enviado a ${address}`,
  notEmailed: 'No se pudo enviar el código QR. Si necesita la App, cancele el proceso y pida la autorización de nuevo.',
  lost: {
    title: 'Los enlaces de esta sesión no están en esta pestaña',
    next: 'Se entregan una sola vez, a la pestaña que inició la sesión. Vuelva a esa pestaña. Si la respuesta nunca llegó allí, cancele el proceso e inicie otra verificación.',
  },
  oneMinute: 'Queda un minuto.',
  qrTitle: 'Waizant App',
  qrHint: 'Escanéelo con la cámara del teléfono. Se abre una sola vez, mientras dure la sesión.',
  appOpened: 'Abierta. El código ya no se puede usar.',
  qrAlt: 'Código QR que abre la sesión en la Waizant App',
  back: 'Volver a los entornos',
};

export const activity: Words['activity'] = {
  title: 'Actividad',
  description: 'Lo que pasó en la sucesión y en esta verificación. Cada consulta queda registrada.',
  show: 'Ver actividad',
  refresh: 'Actualizar',
  older: 'Ver anteriores',
  empty: 'Aún no hay actividad',
  user: 'Cliente',
  role: 'Rol del cliente',
  process: 'Proceso',
  step: 'Paso de esta verificación',
  statuses: { waiting: 'En espera', 'in-progress': 'En curso', done: 'Hecho', rejected: 'Rechazado' },
};

export const finish: Words['finish'] = {
  session: 'Terminar sesión',
  request: 'Terminar proceso',
};

export const cancel: Words['cancel'] = {
  button: 'Cancelar proceso',
  title: 'Cancelar proceso',
  explain: 'La verificación se cierra y no se puede volver a abrir. Una sesión abierta termina de inmediato.',
  field: '¿Por qué la cancela?',
  hint: 'Si al cliente se le pidió la autorización, lee esto tal cual en un correo. También queda en el registro y en el recibo.',
  choices: 'Motivos para elegir',
  reasons: ['La llamada se interrumpió.', 'La solicitud se abrió para otro cliente por error.', 'El código no llegó.'],
  note: 'Nota interna',
  noteHint: 'Para agentes y supervisores. Queda en el registro y no aparece en ningún correo ni recibo.',
  count: (used) => `${used} de 500 caracteres`,
  needed: 'Ingrese un motivo.',
  tooLong: 'Use como máximo 500 caracteres.',
  ok: 'OK',
  back: 'Volver',
};

export const closed: Words['closed'] = {
  outcomes: {
    completed: { title: 'La sesión terminó', next: 'Pasaron los cinco minutos.' },
    ended: {
      title: 'El cliente terminó la sesión',
      next: 'Está cerrada en todos los entornos. Si queda algo por hacer, pregunte primero al cliente.',
    },
    finished: { title: 'Usted terminó el proceso', next: 'Ya no hay nada abierto.' },
    cancelled: { title: 'Usted canceló el proceso', next: 'Ya no hay nada abierto.' },
    denied: { title: 'El cliente rechazó la solicitud', next: 'No se abrió nada. Hable con el cliente antes de intentar de nuevo.' },
    expired: {
      title: 'La verificación venció',
      next: 'No hubo actividad durante demasiado tiempo. Inicie otra cuando el cliente esté disponible.',
    },
    locked: {
      title: 'La verificación está bloqueada',
      next: 'Se ingresó un código incorrecto demasiadas veces. Inicie otra y pida que le lean el código dígito por dígito.',
    },
  },
  byAnother: {
    finished: (agent) => `${agent} terminó el proceso`,
    cancelled: (agent) => `${agent} canceló el proceso`,
  },
  byGrant: {
    revoked: { title: 'El cliente revocó el acceso', next: 'Las credenciales ya no abren nada. Pregunte al cliente antes de continuar.' },
    replaced: {
      title: 'El cliente reemplazó las credenciales',
      next: 'Las que usted ingresó ya no abren nada. Si debe continuar, el cliente le da las nuevas.',
    },
  },
  reason: 'Motivo',
  notice: {
    label: 'Correo al cliente',
    told: (at) => `Enviado: ${at}`,
    due: 'Todavía no se envió. Se envía en uno o dos minutos.',
    failed: 'Todavía no se pudo enviar. Se intentará de nuevo.',
  },
  another: 'Iniciar otra',
  again: 'Otra vez para este cliente',
};
