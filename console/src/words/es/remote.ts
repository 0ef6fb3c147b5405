import type { Words } from '../en';

export const remote: Words['remote'] = {
  product: 'Waizant',
  title: 'Acceso de asistencia remota',
  start: {
    failed: {
      title: 'Esta página no puede iniciar',
      next: 'No se pudo leer su configuración. Recargue la página. Si vuelve a ocurrir, avise a su proveedor de soporte.',
    },
    broken: {
      title: 'Algo salió mal en esta página',
      next: 'Recárguela. Un acceso activo sigue activo, y puede revocarlo después de recargar.',
    },
  },
  notSetUp: {
    title: 'La asistencia remota no está disponible aquí',
    next: 'Pida otra vía a su proveedor de soporte.',
  },
  signIn: {
    description: 'Use el correo electrónico y la contraseña de su cuenta de Waizant para dar acceso a ella a su proveedor de soporte.',
    refusals: {
      'wrong-credentials': {
        title: 'No se pudo iniciar sesión',
        next: 'Revise el correo electrónico y la contraseña. Después de varios intentos fallidos, espere un tiempo.',
      },
      'reset-required': {
        title: 'Debe restablecer su contraseña',
        next: 'Elija «Olvidé mi contraseña» donde inicia sesión en Waizant y vuelva aquí.',
      },
      'weak-password': {
        title: 'No se aceptó la contraseña',
        next: 'Elija una que cumpla todas las condiciones y que no haya usado antes.',
      },
      'wrong-code': {
        title: 'No se aceptó el código',
        next: 'Ingrese el código más reciente. Si vuelve a ocurrir, revise la hora de su teléfono.',
      },
      'too-many-attempts': { title: 'Demasiados intentos', next: 'Espere unos minutos e intente de nuevo.' },
      'too-late': {
        title: 'Se acabó el tiempo para este paso',
        next: 'Inicie sesión de nuevo. Si recibió una primera contraseña, sigue siendo válida.',
      },
      'unknown-challenge': {
        title: 'Su cuenta necesita un paso que esta página no admite',
        next: 'La página admite una contraseña y un código de una aplicación, por correo o por SMS. Pida otra vía a su proveedor de soporte.',
      },
      offline: { title: 'Sin conexión', next: 'Revise su red e intente de nuevo.' },
      unavailable: {
        title: 'El servicio de inicio de sesión no está disponible',
        next: 'Sus datos no se revisaron. Intente de nuevo en un momento.',
      },
      unexpected: {
        title: 'No se pudo iniciar sesión',
        next: 'Intente de nuevo en un momento. Si vuelve a ocurrir, avise a su proveedor de soporte.',
      },
    },
  },
  form: {
    intro: 'Está por permitir el acceso remoto a su cuenta. Elija la duración y las opciones de visibilidad, y presione Confirmar.',
    meaning:
      'Un agente de su proveedor de soporte que tenga las credenciales puede ver lo mismo que usted, en sesiones de cinco minutos como máximo, y hacer cambios si usted lo permite aquí. Usted recibirá un correo sobre cada sesión y podrá terminarla de inmediato.',
    duration: 'Duración',
    ecosystem: 'Ecosistema',
    ecosystemNeeded: 'Elija un ecosistema.',
    environments: 'Lo que se puede abrir',
    visibility: 'Opciones de visibilidad',
    messages: 'Permitir ver los mensajes',
    talks: 'Permitir ver las conversaciones',
    confirm: 'Confirmar',
    nothing: {
      title: 'No hay nada a lo que dar acceso',
      next: 'Una sesión de soporte no puede abrir nada en sus ecosistemas.',
    },
  },
  credentials: {
    title: 'El acceso de soporte remoto está activado',
    intro: 'Envíe estas credenciales a su proveedor de soporte para que pueda entrar a su cuenta y revisar el problema.',
    notice: 'Aviso',
    share:
      'Comparta estos datos solo con su proveedor de soporte, por los medios habituales (por ejemplo, correo, portal de ayuda o teléfono). No los comparta con terceros.',
    labels: { url: 'URL', userName: 'Nombre de usuario', password: 'Contraseña', code: 'Código de seguridad', timeout: 'Vence' },
    copy: 'Copiar al portapapeles',
    copied: 'Copiado',
    notCopied: 'El navegador no lo permitió. Seleccione el texto y cópielo.',
    once: 'Después de cerrar o recargar esta página, las credenciales ya no serán visibles. Asegúrese de copiarlas.',
    left: 'Vence en',
  },
  active: {
    title: 'El acceso de soporte remoto ya está activo',
    expires: 'Vence en',
    at: 'Vence',
    hidden: 'Lo que queda oculto',
    usedBy: 'Usado por',
    nobody: 'Todavía nadie',
    gone: 'Las credenciales no se pueden volver a mostrar. Si no las copió, genérelas de nuevo.',
    revoke: 'Revocar credenciales',
    regenerate: 'Generar credenciales de nuevo',
    said: 'El acceso de soporte remoto está activo.',
  },
  session: {
    title: (agent) => `${agent} está en su cuenta`,
    environments: 'Dónde',
    left: 'Tiempo restante',
    end: 'Terminar la sesión',
    explain: 'Al terminar la sesión también se revocan las credenciales, así que nadie puede volver a entrar con ellas.',
  },
  revoking: {
    title: '¿Revocar las credenciales?',
    explain: 'Dejan de servir de inmediato. Si hay una sesión abierta, también termina de inmediato.',
  },
  regenerating: {
    title: '¿Generar las credenciales de nuevo?',
    explain:
      'Las credenciales anteriores dejan de servir para todos los que las tienen, así que debe enviar las nuevas. Las nuevas vencen cuando habrían vencido las anteriores. Si hay una sesión abierta, continúa; para terminarla, revoque las credenciales.',
  },
  back: 'Cancelar',
  revoked: 'Las credenciales se revocaron. Ya nadie puede usarlas.',
  failures: {
    'invalid-request': { title: 'Algunos datos no son válidos', next: 'Elija de nuevo y confirme.' },
    unauthenticated: {
      title: 'Su inicio de sesión no se aceptó',
      next: 'Cierre la sesión e inicie sesión de nuevo con su propia cuenta de Waizant.',
    },
    'not-allowed': {
      title: 'Usted no puede dar acceso',
      next: 'Es posible que su cuenta esté suspendida o sea de un agente de soporte. Pregunte a su proveedor de soporte.',
    },
    'not-found': { title: 'Ya no hay ningún acceso activo', next: 'Terminó o fue revocado. Puede dar acceso de nuevo.' },
    conflict: { title: 'Se cambió en el mismo momento', next: 'Usted ve su estado actual. Intente de nuevo si todavía hace falta.' },
    'grant-exists': { title: 'El acceso ya estaba activo', next: 'No se cambió nada. Revóquelo o genere de nuevo sus credenciales.' },
    'environment-refused': { title: 'Allí no se puede abrir nada', next: 'Elija otro ecosistema o pregunte a su proveedor de soporte.' },
    'too-many-requests': {
      title: 'Demasiadas solicitudes',
      next: 'Solo puede crear credenciales unas pocas veces por hora. El acceso activo sigue activo, y puede revocarlo.',
    },
    unavailable: {
      title: 'El servicio no pudo terminar',
      next: 'Usted ve su estado actual. Intente de nuevo si todavía hace falta.',
    },
    'other-version': {
      title: 'El servicio se está actualizando',
      next: 'No se cambió nada. Intente de nuevo en un minuto; si no funciona, avise a su proveedor de soporte.',
    },
    offline: {
      title: 'Sin conexión',
      next: 'Revise su red y después el estado actual. Intente de nuevo si todavía hace falta.',
    },
    timeout: {
      title: 'No hubo respuesta a tiempo',
      next: 'Usted ve su estado actual. Si el acceso está activo y no vio credenciales, genérelas de nuevo.',
    },
    throttled: { title: 'El servicio está ocupado', next: 'Espere unos segundos e intente de nuevo.' },
    'signed-out': { title: 'Su sesión terminó', next: 'Inicie sesión de nuevo. El acceso activo sigue activo.' },
    unexpected: {
      title: 'Algo salió mal',
      next: 'Intente de nuevo. Si vuelve a ocurrir, comunique la referencia a su proveedor de soporte.',
    },
  },
  again: 'Intentar de nuevo',
};
