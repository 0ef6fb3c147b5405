import type { Words } from '../en';

export const signIn: Words['signIn'] = {
  title: 'Iniciar sesión',
  description: 'Para los agentes de soporte de Waizant.',
  email: 'Correo electrónico',
  password: 'Contraseña',
  button: 'Iniciar sesión',
  ended: 'Su sesión terminó. Inicie sesión de nuevo para volver a donde estaba.',
  needed: 'Ingrese su correo electrónico y su contraseña.',
  firstPassword: {
    title: 'Elija su contraseña',
    description: 'Un administrador creó su primera contraseña. Elija una que solo usted conozca.',
    button: 'Guardar e iniciar sesión',
  },
  secondFactor: {
    title: 'Ingrese su segundo factor',
    from: (sentTo) =>
      sentTo === undefined
        ? 'Abra su aplicación de autenticación e ingrese el código que muestra.'
        : `Ingrese el código que enviamos a ${sentTo}.`,
    code: 'Código',
    incomplete: 'Ingrese todos los dígitos del código.',
    button: 'Iniciar sesión',
  },
  authenticator: {
    title: 'Configure su segundo factor',
    description:
      'Para iniciar sesión necesita su contraseña y un código de una aplicación de autenticación. Escanee este código QR con la aplicación de su teléfono e ingrese el código que muestra.',
    picture: 'Código QR para su aplicación de autenticación',
    key: 'Si no puede escanearlo, ingrese esta clave en la aplicación',
    button: 'Guardar e iniciar sesión',
    open: 'Abrir en una aplicación de autenticación de este dispositivo',
    copy: 'Copiar la clave',
  },
  show: 'Mostrar lo que escribo',
  refusals: {
    'wrong-credentials': {
      title: 'No se pudo iniciar sesión',
      next: 'Revise el correo electrónico y la contraseña. Después de varios intentos fallidos, su cuenta queda bloqueada por un tiempo. Si sigue bloqueada, pregunte a su administrador si está deshabilitada.',
    },
    'reset-required': {
      title: 'Debe restablecer su contraseña',
      next: 'Elija «¿Olvidó su contraseña?» y cree una nueva.',
    },
    'weak-password': {
      title: 'No se aceptó la contraseña',
      next: 'Elija una que cumpla todas las condiciones y que no haya usado antes.',
    },
    'wrong-code': {
      title: 'No se aceptó el código',
      next: 'Ingrese el código más reciente. Si vuelve a ocurrir, revise la hora de su teléfono.',
    },
    'too-many-attempts': {
      title: 'Demasiados intentos',
      next: 'Espere unos minutos e intente de nuevo.',
    },
    'too-late': {
      title: 'Se acabó el tiempo para este paso',
      next: 'Inicie sesión de nuevo. Si un administrador le dio una primera contraseña, sigue siendo válida.',
    },
    'unknown-challenge': {
      title: 'Su cuenta necesita un paso que esta consola no admite',
      next: 'Pregunte a su administrador. La consola admite una contraseña y un código de una aplicación, por correo o por SMS.',
    },
    offline: {
      title: 'Sin conexión',
      next: 'Revise su red e intente de nuevo.',
    },
    unavailable: {
      title: 'El servicio de inicio de sesión no está disponible',
      next: 'Sus datos no se revisaron. Intente de nuevo en un momento.',
    },
    unexpected: {
      title: 'No se pudo iniciar sesión',
      next: 'Intente de nuevo en un momento. Si vuelve a ocurrir, avise a su administrador.',
    },
  },
  notAllowed: {
    title: 'Usted no está en el grupo CustomerService',
    next: 'Solo sus miembros pueden dar soporte a clientes. Pida a su administrador que lo agregue e inicie sesión de nuevo.',
  },
};

export const newPassword: Words['newPassword'] = {
  field: 'Nueva contraseña',
  again: 'Confirmar nueva contraseña',
  differ: 'Las dos contraseñas no coinciden.',
  weak: 'La contraseña todavía no cumple todas las condiciones.',
  title: 'La contraseña debe tener',
  met: 'cumple',
  missing: 'falta',
  rules: {
    length: 'al menos 8 caracteres',
    upper: 'una letra mayúscula',
    lower: 'una letra minúscula',
    number: 'un número',
    special: 'un carácter especial, por ejemplo ! @ # $ % & *',
    'no-spaces': 'ningún espacio',
  },
};

export const recovery: Words['recovery'] = {
  link: '¿Olvidó su contraseña?',
  change: 'Cambiar contraseña',
  leaves: 'Cuando se cambie, inicie sesión de nuevo con la nueva, en todas las pestañas.',
  title: 'Restablecer su contraseña',
  description: 'Le enviamos un código por correo. Con él puede elegir una contraseña nueva.',
  send: 'Enviar código',
  back: 'Volver al inicio de sesión',
  sent: (email) => `Si ${email} es de un agente, un código va en camino. Es válido durante una hora.`,
  code: 'Escriba su código para restablecer la contraseña',
  save: 'Guardar la nueva contraseña',
  other: 'Usar otro correo electrónico',
  locked:
    'El código es incorrecto, venció o ya se usó, y no queda ningún intento. Durante 15 minutos no se acepta ningún código para este correo electrónico. Espere y pida uno nuevo.',
  failures: {
    send: {
      offline: { title: 'Sin conexión', next: 'Revise su red y vuelva a pedir el código.' },
      timeout: {
        title: 'No hubo respuesta a tiempo',
        next: 'Es posible que el código esté en camino. Revise su correo antes de pedir otro.',
      },
      'too-many-requests': {
        title: 'Demasiadas solicitudes',
        next: 'La cantidad de códigos por hora es limitada. El último que recibió es válido durante una hora.',
      },
      throttled: { title: 'El servicio está ocupado', next: 'Espere unos segundos y vuelva a pedir el código.' },
      unavailable: { title: 'El servicio no pudo enviar el código', next: 'Vuelva a pedirlo en un momento.' },
    },
    save: {
      offline: {
        title: 'No hubo respuesta',
        next: 'Revise su red. Es posible que su contraseña haya cambiado: primero intente iniciar sesión con la nueva.',
      },
      timeout: {
        title: 'No hubo respuesta a tiempo',
        next: 'Es posible que su contraseña haya cambiado: primero intente iniciar sesión con la nueva.',
      },
      'too-many-requests': {
        title: 'Demasiados intentos',
        next: 'Por un tiempo no se acepta ningún código para este correo electrónico. Espere y pida uno nuevo.',
      },
      throttled: { title: 'El servicio está ocupado', next: 'Espere unos segundos y vuelva a guardar la contraseña.' },
      unavailable: {
        title: 'El servicio no pudo terminar',
        next: 'Es posible que su contraseña haya cambiado: primero intente iniciar sesión con la nueva. Si ahora se rechaza el código, pida otro.',
      },
    },
  },
  done: 'Su contraseña se cambió',
  doneExplain: 'Inicie sesión con la nueva. Todas las sesiones iniciadas con la anterior se cerraron.',
};
