import type { Words } from '../en';

export const failures: Words['failures'] = {
  reference: 'Referencia',
  retryIn: 'Puede intentar de nuevo en',
  retryNow: 'Ya puede intentar de nuevo.',
  kinds: {
    'invalid-request': { title: 'Algunos datos no son válidos', next: 'Corrija los campos marcados y envíe el formulario de nuevo.' },
    unauthenticated: {
      title: 'Su inicio de sesión no se aceptó',
      next: 'Es posible que su correo electrónico no esté verificado. Pregunte a su administrador e inicie sesión de nuevo.',
    },
    'not-allowed': {
      title: 'Esto no está permitido',
      next: 'Usted debe ser miembro activo de CustomerService. No puede darse soporte a usted mismo, a otro agente, ni a un cliente suspendido o que no puede iniciar sesión.',
    },
    'unknown-customer': {
      title: 'Ningún cliente tiene este correo electrónico',
      next: 'Pregunte al cliente qué dirección registró y revise cómo está escrita.',
    },
    'not-found': { title: 'Esta verificación no existe', next: 'Búsquela en sus verificaciones o inicie otra.' },
    'wrong-step': { title: 'La verificación está en otro paso', next: 'Ahora ve su estado actual. Continúe desde aquí.' },
    conflict: {
      title: 'Otra persona la cambió en el mismo momento',
      next: 'No se hizo nada. Revise su estado actual e intente de nuevo si todavía hace falta.',
    },
    'unreadable-record': {
      title: 'No se puede leer el registro del cliente',
      next: 'Intentar de nuevo no sirve. Pida a quienes mantienen el directorio de clientes que corrijan el registro, y deles la referencia.',
    },
    'code-refused': { title: 'No se aceptó el código', next: 'Es incorrecto, venció o ya se usó. Revíselo o pida uno nuevo.' },
    'environment-refused': {
      title: 'Allí no se puede abrir nada',
      next: 'Elija otro ecosistema. En Administración de ecosistemas el cliente debe ser su sucesor.',
    },
    'grant-exists': { title: 'Ya hay un acceso ofrecido', next: 'Revóquelo primero o genere de nuevo sus credenciales.' },
    'grant-refused': {
      title: 'No se aceptaron estas credenciales',
      next: 'Revise las tres con el cliente, letra por letra. Pueden estar mal escritas, revocadas, vencidas o en uso por otro agente. En ese caso el cliente debe generarlas de nuevo.',
    },
    'too-many-requests': { title: 'Demasiadas solicitudes', next: 'Llegó a un límite que protege al cliente y a usted.' },
    unavailable: {
      title: 'El servicio no pudo terminar',
      next: 'Usted ve hasta dónde llegó. Es seguro intentar de nuevo.',
    },
    'other-version': {
      title: 'Una versión más reciente del servicio escribió esto',
      next: 'La versión que respondió no puede leerlo y no cambió nada. Intente de nuevo en un minuto; si no funciona, avise a su administrador.',
    },
    offline: { title: 'Sin conexión', next: 'Revise su red e intente de nuevo. La verificación conserva su estado.' },
    timeout: { title: 'No hubo respuesta a tiempo', next: 'Usted ve hasta dónde llegó. Es seguro intentar de nuevo.' },
    throttled: { title: 'El servicio está ocupado', next: 'Espere unos segundos e intente de nuevo.' },
    'signed-out': { title: 'Su sesión terminó', next: 'Inicie sesión de nuevo para volver a donde estaba.' },
    unexpected: { title: 'Algo salió mal', next: 'Intente de nuevo. Si vuelve a ocurrir, comunique la referencia.' },
  },
  startNotAllowed: {
    title: 'Usted no puede dar soporte a este cliente',
    next: 'La dirección es suya o de otro agente, o usted no es miembro activo de CustomerService. Pida ayuda a un colega o a su administrador.',
  },
  startLost: (list) => `Es posible que la verificación se haya abierto. Búsquela en ${list} antes de intentar de nuevo.`,
  validationNotAllowed: {
    title: 'En este momento usted no es un agente autorizado',
    next: 'Su cuenta está deshabilitada o ya no está en el grupo CustomerService. Pregunte a su administrador.',
  },
  offlineNow: 'Está sin conexión. Los relojes siguen corriendo. Todo lo demás se actualiza en cuanto vuelva la red.',
};
