import type { Words } from '../en';

export const modules: Words['modules'] = {
  'technical-assistance': {
    title: 'Asistencia técnica',
    description:
      'Busque a un cliente con el correo electrónico registrado en Waizant. No se muestra nada antes de la validación de usted, y no se abre nada sin la autorización del cliente.',
    customer: 'Cliente',
  },
  'ecosystem-admin': {
    title: 'Administración de ecosistemas',
    description:
      'Para el sucesor que recibió un ecosistema: la actividad de la sucesión y una sesión. No se muestra nada antes de la validación de usted, y no se abre nada sin la autorización del sucesor.',
    customer: 'Sucesor',
  },
  'support-grant': {
    title: 'Acceso ofrecido',
    description:
      'Para las credenciales que un cliente creó y le dio a usted, con las que autorizó el acceso de antemano. No se muestra nada antes de la validación de usted.',
    customer: 'Cliente',
  },
};

export const lookUp: Words['lookUp'] = {
  email: 'Correo electrónico del cliente',
  emailHint: 'La dirección completa, tal como el cliente la registró.',
  emailWrong: 'Ingrese una dirección de correo, por ejemplo nombre@ejemplo.com.',
  ticket: 'Ticket',
  ticketHint: 'El número del caso en su sistema de tickets. Aparece en el registro y en el correo al cliente.',
  ticketWrong: 'Use hasta 64 letras y dígitos, y los signos - _ . / #, sin espacios ni acentos.',
  optional: '– opcional',
  button: 'Iniciar proceso de verificación',
};

export const redeem: Words['redeem'] = {
  userName: 'Nombre de usuario',
  password: 'Contraseña',
  code: 'Código de seguridad',
  pasteHint: 'Pegue en cualquier campo todo lo que copió el cliente: se completan los tres.',
  pasted: 'Los tres campos están completos.',
  userNameWrong: 'Ingrese el nombre de usuario que le dio el cliente.',
  passwordWrong: 'Ingrese la contraseña que le dio el cliente.',
  button: 'Iniciar proceso de verificación',
  open: {
    title: 'Ya hay una verificación abierta con estas credenciales',
    next: 'Solo puede haber una abierta a la vez. Continúe con ella o cancélela primero. La encuentra en sus verificaciones.',
  },
};
