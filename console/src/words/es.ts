import type { Words } from './en';

export const es: Words = {
  language: 'Español',
  product: 'Waizant BackOffice',
  skip: 'Ir al contenido',
  loading: 'Cargando',
  close: 'Cerrar',
  none: '–',
  seconds: (left) => `${left} s`,

  start: {
    failed: {
      title: 'La consola no puede iniciar',
      next: 'No se pudo leer su configuración. Recargue la página; si no ayuda, avise a quien la administra.',
    },
    reload: 'Recargar',
    broken: {
      title: 'Algo falló en esta página',
      next: 'Recárguela: la verificación sigue donde está.',
    },
  },

  navigation: {
    title: 'Soporte a usuarios',
    language: 'Idioma',
    account: 'Cuenta',
    supervisor: 'Supervisor',
    agent: 'Analista de soporte',
    signOut: 'Cerrar sesión',
  },

  signIn: {
    title: 'Iniciar sesión',
    description: 'Para los analistas de soporte de Waizant.',
    email: 'Correo electrónico',
    password: 'Contraseña',
    button: 'Iniciar sesión',
    ended: 'Su sesión terminó. Inicie sesión otra vez: volverá a donde estaba.',
    needed: 'Escriba su correo electrónico y su contraseña.',
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
          : `Ingrese el código que se envió a ${sentTo}.`,
      code: 'Código',
      incomplete: 'Ingrese todos los dígitos del código.',
      button: 'Iniciar sesión',
    },
    authenticator: {
      title: 'Configure su segundo factor',
      description:
        'Además de la contraseña se pide un código de una aplicación de autenticación. Escanee esto con una en su teléfono e ingrese el código que muestra.',
      picture: 'Código QR para su aplicación de autenticación',
      key: 'Si no puede escanearlo, ingrese esta clave en la aplicación',
      button: 'Guardar e iniciar sesión',
    },
    refusals: {
      'wrong-credentials': {
        title: 'No se pudo iniciar sesión',
        next: 'Revise el correo y la contraseña. Tras varios intentos fallidos su usuario queda bloqueado un rato; un administrador puede decirle si está deshabilitado.',
      },
      'reset-required': {
        title: 'Su contraseña debe restablecerse',
        next: 'Elija «¿Olvidó su contraseña?» y ponga una nueva.',
      },
      'weak-password': {
        title: 'La contraseña fue rechazada',
        next: 'Elija una que cumpla todas las condiciones y que no haya usado antes.',
      },
      'wrong-code': {
        title: 'El código fue rechazado',
        next: 'Ingrese el más reciente. Si sigue igual, revise que la hora de su teléfono sea correcta.',
      },
      'too-many-attempts': {
        title: 'Demasiados intentos',
        next: 'Espere unos minutos y vuelva a intentarlo.',
      },
      'too-late': {
        title: 'Se acabó el tiempo para este paso',
        next: 'Inicie sesión otra vez. No se pierde nada: una primera contraseña sigue siendo la que recibió.',
      },
      'unknown-challenge': {
        title: 'Su usuario necesita un paso que esta consola no tiene',
        next: 'Avise a su administrador: aquí se ingresan la contraseña y un código de una aplicación, un correo o un SMS, y nada más.',
      },
      offline: {
        title: 'Sin conexión',
        next: 'Revise su red y vuelva a intentarlo.',
      },
      unavailable: {
        title: 'El servicio de inicio de sesión tiene una falla',
        next: 'No hay nada mal en lo que escribió. Vuelva a intentarlo en un momento.',
      },
      unexpected: {
        title: 'No se pudo iniciar sesión',
        next: 'Vuelva a intentarlo en un momento; si continúa, avise a su administrador.',
      },
    },
    notAllowed: {
      title: 'Usted no está en el grupo CustomerService',
      next: 'Solo sus miembros pueden dar soporte a clientes. Pida a su administrador que lo agregue y vuelva a iniciar sesión.',
    },
  },

  newPassword: {
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
  },

  recovery: {
    link: '¿Olvidó su contraseña?',
    title: 'Restablecer su contraseña',
    description: 'Recibe un código por correo y con él elige una contraseña nueva.',
    send: 'Enviar código',
    back: 'Volver al inicio de sesión',
    sent: (email) => `Si ${email} es de un analista, un código va en camino. Sirve durante una hora.`,
    code: 'Escriba su código para restablecer la contraseña',
    save: 'Guardar la nueva contraseña',
    other: 'Usar otro correo',
    locked:
      'Incorrecto, vencido o ya usado, y no queda ningún intento: durante 15 minutos no se acepta ningún código para este correo. Espere y pida que se envíe otro.',
    failures: {
      send: {
        offline: { title: 'Sin conexión', next: 'Revise su red y vuelva a pedir el código.' },
        timeout: {
          title: 'No hubo respuesta a tiempo',
          next: 'El código puede ir en camino de todos modos: mire su correo antes de pedir otro.',
        },
        'too-many-requests': {
          title: 'Demasiadas solicitudes',
          next: 'Solo se envía cierta cantidad de códigos por hora. El último que recibió sirve durante su hora.',
        },
        throttled: { title: 'El servicio está ocupado', next: 'Espere unos segundos y vuelva a pedir el código.' },
        unavailable: { title: 'El servicio no pudo terminar', next: 'Vuelva a pedir el código en un momento.' },
      },
      save: {
        offline: {
          title: 'No hubo respuesta',
          next: 'Revise su red. Es posible que su contraseña se haya cambiado de todos modos: pruebe primero a iniciar sesión con la nueva.',
        },
        timeout: {
          title: 'No hubo respuesta a tiempo',
          next: 'Es posible que su contraseña se haya cambiado de todos modos: pruebe primero a iniciar sesión con la nueva.',
        },
        'too-many-requests': {
          title: 'Demasiados intentos',
          next: 'Por un rato no se acepta ningún código para este correo. Espere y pida que se envíe otro.',
        },
        throttled: { title: 'El servicio está ocupado', next: 'Espere unos segundos y vuelva a guardarla.' },
        unavailable: {
          title: 'El servicio no pudo terminar',
          next: 'Es posible que su contraseña se haya cambiado de todos modos: pruebe primero a iniciar sesión con la nueva. Si ahora se rechaza el código, pida que se envíe otro.',
        },
      },
    },
    done: 'Su contraseña se cambió',
    doneExplain: 'Inicie sesión con la nueva. Donde tenía la sesión abierta con la anterior, se cerró.',
  },

  modules: {
    'technical-assistance': {
      title: 'Asistencia técnica',
      description:
        'Busque al usuario con el correo registrado en Waizant. No se muestra nada antes de que usted demuestre quién es, y no se abre nada sin el consentimiento del usuario.',
      customer: 'Cliente',
    },
    'ecosystem-admin': {
      title: 'Administración de ecosistemas',
      description:
        'Para el sucesor que recibió un ecosistema: lo que pasó en la sucesión, y una sesión. No se muestra nada antes de que usted demuestre quién es, y no se abre nada sin el consentimiento del sucesor.',
      customer: 'Sucesor',
    },
    'support-grant': {
      title: 'Acceso ofrecido',
      description:
        'Para las credenciales que un cliente creó y le dio a usted: ofreció el acceso antes de que nadie lo pidiera. No se muestra nada antes de que usted demuestre quién es.',
      customer: 'Cliente',
    },
  },

  lookUp: {
    email: 'Correo del usuario',
    emailHint: 'La dirección completa, tal como el usuario la registró.',
    emailWrong: 'Escriba una dirección de correo, por ejemplo nombre@ejemplo.com.',
    ticket: 'Ticket',
    ticketHint: 'El número del caso en su sistema de tickets. Queda en el registro y en el correo al usuario.',
    ticketWrong: 'Use hasta 64 caracteres simples, sin acentos.',
    optional: 'opcional',
    button: 'Iniciar proceso de verificación',
  },

  redeem: {
    userName: 'Nombre de usuario',
    password: 'Contraseña',
    code: 'Código de seguridad',
    pasteHint: 'Los tres están en lo que copió el cliente: pegue todo en cualquiera de los campos.',
    pasted: 'Los tres campos están completos.',
    userNameWrong: 'Escriba el nombre de usuario que le dio el cliente.',
    passwordWrong: 'Escriba la contraseña que le dio el cliente.',
    button: 'Iniciar proceso de verificación',
    open: {
      title: 'Hay una verificación abierta con estas credenciales',
      next: 'Solo puede haber una a la vez. Siga con ella, o cancélela primero: está entre sus verificaciones.',
    },
  },

  grant: {
    title: 'Acceso ofrecido',
    beforehand: 'El cliente dio su consentimiento de antemano y puede revocarlo en cualquier momento.',
    until: 'Vale hasta',
    left: 'Tiempo que le queda al acceso',
    hidden: 'Oculto para usted',
    hiddenFromAgent: 'Oculto para el analista',
    messages: 'Mensajes',
    talks: 'Conversaciones',
    nothing: 'Nada',
    given: 'El cliente dio su consentimiento de antemano',
    tooShort: {
      title: 'El acceso ofrecido terminó, o termina demasiado pronto para una sesión',
      next: 'Una sesión necesita cinco minutos. Cancele el proceso y pida al cliente credenciales nuevas.',
    },
    moved: {
      started: 'Las credenciales son correctas. Sigue la validación interna.',
      consented: 'Su identidad está validada y el cliente dio su consentimiento de antemano. Puede iniciar la sesión.',
    },
  },

  process: {
    of: (customer) => `para ${customer}`,
    ticket: 'Ticket',
    agent: 'Analista',
    startedAt: 'Inicio',
    progress: 'Avance',
    stages: {
      lookUp: 'Búsqueda',
      credentials: 'Credenciales',
      validation: 'Validación interna',
      consent: 'Consentimiento del cliente',
      session: 'Sesión',
    },
    stageState: { done: 'hecho', now: 'ahora', open: 'por hacer', stopped: 'detenido' },
    moved: {
      started: 'Se encontró al cliente. Sigue la validación interna.',
      agent_challenged: 'Se le envió un código.',
      agent_verified: 'Su identidad está validada. Elija un ecosistema.',
      awaiting_consent: 'Se pidió el consentimiento del cliente.',
      consented: 'El cliente dio su consentimiento. Puede iniciar la sesión.',
      minting: 'La sesión se está abriendo.',
      in_session: 'La sesión está abierta.',
      closed: 'La verificación está cerrada.',
    },
    anothersMoved: {
      started: 'La verificación se inició. Sigue la validación interna.',
      agent_challenged: 'Se envió un código al analista.',
      agent_verified: 'El analista está validado.',
      awaiting_consent: 'Se pidió el consentimiento del cliente.',
      consented: 'Hay consentimiento. Se puede iniciar la sesión.',
      minting: 'La sesión se está abriendo.',
      in_session: 'La sesión está abierta.',
      closed: 'La verificación está cerrada.',
    },
    idle: 'Se cierra sola en',
    idleHint: {
      agent: 'si usted no hace nada.',
      customer: 'si el cliente no hace nada.',
      entry: 'si usted no ingresa el código.',
      start: 'si no se inicia la sesión.',
      another: (agent) => `si ${agent} no hace nada.`,
    },
    notYours: (agent) => `${agent} lleva esta verificación. Usted puede leerla, no moverla.`,
    stale: 'Esta página puede estar desactualizada: la última consulta al servidor falló. Se sigue intentando.',
    missing: {
      title: 'Esa verificación no existe',
      next: 'No es suya o la dirección está mal. Búsquela en sus verificaciones o inicie otra.',
    },
  },

  validation: {
    title: 'Validación interna',
    explain: 'Antes de mostrar datos del usuario, Waizant comprueba que usted sea un analista de soporte autorizado.',
    send: (email) => `Recibirá un código de seis dígitos en ${email}.`,
    button: 'Iniciar verificación',
    sent: (address) => `Un código de seis dígitos va en camino a ${address}.`,
    field: 'Su código',
    enter: 'Verificar código',
  },

  code: {
    expiresIn: 'El código sirve durante',
    expired: 'El código venció. Pida que se envíe otro.',
    attempts: (left) => (left === 1 ? 'Queda un intento' : `Quedan ${left} intentos`),
    format: 'Seis dígitos.',
    wrongFormat: 'Un código tiene exactamente seis dígitos.',
    refused: (left) =>
      `Incorrecto, vencido o ya usado. ${left === 1 ? 'Queda un intento.' : `Quedan ${left} intentos.`} Revíselo o pida que se envíe otro.`,
    resend: 'Reenviar',
    resendIn: (time) => `Reenviar en ${time}`,
    resendHint: 'Un código nuevo anula el anterior y todo lo ingresado con él.',
  },

  customer: {
    name: 'Nombre',
    email: 'Correo',
    masked: 'El nombre y lo demás se muestran cuando usted haya demostrado quién es.',
    maskedYet: 'El nombre y lo demás se muestran cuando el analista esté validado.',
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
        title: 'No puede iniciar sesión: nunca confirmó su correo',
        next: 'El cliente debe ingresar el código del correo de bienvenida, o pedir otro en la página de inicio de sesión.',
      },
      'must-change-password': {
        title: 'No puede iniciar sesión: debe cambiar su primera contraseña',
        next: 'El cliente inicia sesión con la contraseña que recibió y allí elige una nueva.',
      },
      'reset-required': {
        title: 'No puede iniciar sesión: debe restablecer su contraseña',
        next: 'El cliente elige «Olvidé mi contraseña» en la página de inicio de sesión.',
      },
      disabled: {
        title: 'No puede iniciar sesión: el usuario está deshabilitado',
        next: 'Un administrador de los usuarios puede decir por qué y habilitarlo.',
      },
      federated: {
        title: 'Inicia sesión con otro proveedor',
        next: 'La contraseña está allí, y la solución también. No se puede abrir una sesión de soporte.',
      },
      missing: {
        title: 'No puede iniciar sesión: el usuario no existe',
        next: 'El directorio conoce al cliente, el inicio de sesión no. Páselo a quien administra las cuentas.',
      },
    },
    suspended: 'La cuenta está suspendida: facturación o un administrador pueden decir por qué.',
    noConsent: {
      title: 'No se puede abrir una sesión para este cliente',
      next: 'Explíquele al cliente qué lo impide, termine con «Cancelar proceso» y diga por qué.',
    },
  },

  ecosystem: {
    title: 'Elija un ecosistema',
    description: 'Se pide el consentimiento para este, y la sesión no abre ningún otro.',
    label: 'Ecosistema',
    roles: { admin: 'Administrador', member: 'Miembro', successor: 'Sucesor' },
    plans: { premium: 'Premium', plus: 'Plus' },
    nothing: 'Aquí no se puede abrir nada.',
    none: 'Aquí no hay ningún ecosistema que se pueda abrir. Termine con «Cancelar proceso» y diga por qué.',
    needed: 'Elija un ecosistema.',
    send: (address) => `El cliente recibe en ${address} un correo con un código, un número de coincidencia y un enlace para responder.`,
    button: 'Enviar código de verificación',
    other: 'Pedir otro ecosistema',
    keep: 'Seguir con este',
  },

  environments: {
    store: 'Waizant Store',
    web: 'Waizant Web',
    app: 'Waizant App',
    rcm: 'Waizant RCM',
  },

  consent: {
    title: 'Consentimiento del cliente',
    explain: (address) =>
      `Un correo va en camino a ${address}. El cliente ingresa el código del correo en la página que este enlaza, y se lo lee a usted.`,
    explainAlone: (address) => `Un correo va en camino a ${address}. El cliente le lee a usted el código del correo.`,
    page: (address) => `La página correcta empieza con ${address}.`,
    matchNumber: 'Número de coincidencia',
    matchHint: 'Léalo en voz alta: el cliente ve el mismo número en el correo y en la página.',
    entries: 'Códigos ingresados',
    customerEntry: 'El cliente, en la página',
    agentEntry: 'Usted, aquí',
    entered: 'ingresado',
    waiting: 'en espera',
    field: 'Código que le lee el cliente',
    enter: 'Verificar código',
    entriesDone: 'Su código está ingresado. La sesión se puede iniciar en cuanto el cliente también lo ingrese.',
    given: 'El cliente dio su consentimiento',
    givenExplain: (ecosystem) => `Puede abrir ${ecosystem} durante cinco minutos, contados desde que inicie.`,
    start: 'Iniciar sesión de soporte',
    starting: 'La sesión se está abriendo',
    startingHint: 'Tarda unos segundos. Si falla, puede iniciarla otra vez.',
  },

  session: {
    title: 'Sesión',
    open: (customer, ecosystem) => `Está en ${ecosystem} como ${customer}.`,
    openBy: (agent, customer, ecosystem) => `${agent} está en ${ecosystem} como ${customer}.`,
    left: 'Tiempo restante',
    leftHint: 'Nada lo alarga. El cliente puede terminarla en cualquier momento.',
    environments: 'Entornos',
    once: 'Cada uno se abre una sola vez.',
    opened: 'Abierto',
    over: 'Pasaron sus cinco minutos. Cómo terminó se verá en cuanto responda el servidor.',
    landings: {
      home: 'Abre en la página de inicio.',
      'my-ecosystem': 'Abre en Mi ecosistema.',
      'rcm-dashboard': 'Abre en el tablero de RCM.',
    },
    app: 'Abre en un teléfono, con un código QR.',
    mailed: (address) => `Código QR enviado a ${address}`,
    notMailed: 'No se pudo enviar el código QR. Si hace falta la App: cancele y pida el consentimiento otra vez.',
    lost: {
      title: 'Los enlaces de esta sesión no están en esta pestaña',
      next: 'Se entregan una sola vez, a la pestaña que inició la sesión. Vuelva a esa pestaña; o, si la respuesta se perdió en el camino, cancele e inicie otra verificación.',
    },
    oneMinute: 'Queda un minuto.',
    qrTitle: 'Waizant App',
    qrHint: 'Escanéelo con la cámara del teléfono. Se abre una sola vez, mientras dure la sesión.',
    appOpened: 'Abierta. El código ya no abre nada más.',
    qrAlt: 'Código QR que abre la sesión en la Waizant App',
    back: 'Volver a los entornos',
  },

  activity: {
    title: 'Actividad',
    description: 'Lo que pasó en la sucesión y en esta verificación. Cada consulta queda en el registro.',
    show: 'Ver actividad',
    refresh: 'Actualizar',
    older: 'Ver anteriores',
    empty: 'Aún no hay actividad',
    user: 'Usuario',
    role: 'Rol del usuario',
    process: 'Proceso',
    step: 'Paso de esta verificación',
    statuses: { waiting: 'En espera', 'in-progress': 'En curso', done: 'Hecho', rejected: 'Rechazado' },
  },

  cancel: {
    button: 'Cancelar proceso',
    title: 'Cancelar proceso',
    explain: 'La verificación se cierra y nada la vuelve a abrir. Una sesión abierta termina de inmediato.',
    field: '¿Por qué se cancela?',
    hint: 'El motivo queda en el registro.',
    count: (used) => `${used} de 500 caracteres`,
    needed: 'Diga por qué: el motivo es obligatorio.',
    tooLong: 'Use como máximo 500 caracteres.',
    ok: 'OK',
    back: 'Volver',
  },

  closed: {
    outcomes: {
      completed: { title: 'La sesión terminó', next: 'Pasaron sus cinco minutos. Se le avisó al cliente.' },
      ended: {
        title: 'El cliente terminó la sesión',
        next: 'Está cerrada en todas partes. Si queda algo por hacer, pregunte primero al cliente.',
      },
      cancelled: { title: 'Usted canceló el proceso', next: 'Ya no hay nada abierto.' },
      denied: { title: 'El cliente rechazó la solicitud', next: 'No se abrió nada. Pregunte antes de volver a intentarlo.' },
      expired: {
        title: 'La verificación venció',
        next: 'Nadie hizo nada durante demasiado tiempo. Inicie otra cuando el cliente esté presente.',
      },
      locked: {
        title: 'La verificación está bloqueada',
        next: 'Se ingresaron demasiados códigos incorrectos. Inicie otra y pida que le lean el código dígito por dígito.',
      },
    },
    cancelledBy: (agent) => `${agent} canceló el proceso`,
    reason: 'Motivo',
    another: 'Iniciar otra',
  },

  record: {
    title: 'Registro',
    at: 'Cuándo',
    actor: 'Quién',
    action: 'Qué',
    detail: 'Detalle',
    actors: { agent: 'Analista', customer: 'Cliente', environment: 'Entorno', system: 'Sistema' },
    actions: {
      started: 'Cliente buscado',
      'agent-code-sent': 'Código enviado al analista',
      'agent-code-refused': 'Código del analista rechazado',
      'agent-verified': 'Analista validado',
      'consent-asked': 'Consentimiento pedido',
      'consent-code-refused': 'Código del cliente rechazado',
      'consent-entered': 'Primer ingreso del código del cliente',
      consented: 'Consentimiento dado',
      'mail-failed': 'No se pudo enviar el correo',
      'customer-told': 'Aviso enviado al cliente',
      'mint-started': 'Sesión abriéndose',
      'mint-failed': 'No se pudo abrir la sesión',
      'session-started': 'Sesión iniciada',
      'handoff-redeemed': 'Entorno abierto',
      'app-qr-sent': 'Código QR de la App enviado al cliente',
      'activity-read': 'Actividad consultada',
      completed: 'Sesión terminada',
      ended: 'Terminada por el cliente',
      cancelled: 'Cancelada por el analista',
      denied: 'Rechazada por el cliente',
      expired: 'Vencida',
      locked: 'Bloqueada',
    },
    details: {
      sending: (n, of) => `envío ${n} de ${of}`,
      wrongEntry: (n, of) => `código incorrecto ${n} de ${of}`,
      attempt: (n) => `intento ${n}`,
      underGrant: 'con las credenciales de un acceso ofrecido',
      phrases: {
        'consented by support grant': 'consentimiento dado de antemano, con el acceso ofrecido',
        'to the customer': 'al cliente',
        "the App's QR code": 'el código QR de la App',
        'that his support grant is used': 'de que se usa su acceso ofrecido',
        'of the session': 'de la sesión',
        'how it ended': 'de cómo terminó',
        'the list': 'la lista',
        'the list, further back': 'la lista, más atrás',
        'the credentials were replaced': 'se reemplazaron las credenciales',
        'the support grant was revoked': 'se revocó el acceso ofrecido',
      },
    },
  },

  list: {
    title: (everyones) => (everyones ? 'Verificaciones' : 'Mis verificaciones'),
    description: 'Las más recientes primero.',
    status: 'Estado',
    anyStatus: 'Cualquier estado',
    customer: 'Correo del cliente',
    customerHint: 'La dirección completa.',
    agent: 'Analista',
    anyAgent: 'Cualquier analista',
    me: 'Yo',
    search: 'Buscar',
    clear: 'Quitar filtros',
    refresh: 'Actualizar',
    empty: 'No hay verificaciones',
    emptyHint: 'Inicie una en Asistencia técnica.',
    noMatch: 'Nada coincide con estos filtros',
    noneYet: 'Hasta aquí no se encontró nada',
    further: 'Seguir buscando',
    columns: {
      created: 'Inicio',
      customer: 'Cliente',
      status: 'Estado',
      ecosystem: 'Ecosistema',
      ticket: 'Ticket',
      agent: 'Analista',
      details: 'Detalles',
    },
    details: 'Ver detalles',
    detailsOf: (customer, at) => `Ver detalles: ${customer}, ${at}`,
    statuses: {
      started: 'Iniciada',
      agent_challenged: 'Validación interna',
      agent_verified: 'Analista validado',
      awaiting_consent: 'Espera consentimiento',
      consented: 'Consentimiento dado',
      minting: 'Sesión abriéndose',
      in_session: 'En sesión',
      closed: 'Cerrada',
    },
    outcomes: {
      completed: 'Sesión terminada',
      ended: 'Terminada por el cliente',
      cancelled: 'Cancelada',
      denied: 'Rechazada por el cliente',
      expired: 'Vencida',
      locked: 'Bloqueada',
    },
  },

  failures: {
    reference: 'Referencia',
    retryIn: 'Puede volver a intentarlo en',
    retryNow: 'Ya puede volver a intentarlo.',
    kinds: {
      'invalid-request': { title: 'Algo en el formulario no está bien', next: 'Corrija lo marcado y vuelva a enviarlo.' },
      unauthenticated: {
        title: 'Su sesión no sirve aquí',
        next: 'Quizá su correo no está verificado. Pregunte a su administrador y vuelva a iniciar sesión.',
      },
      'not-allowed': {
        title: 'Esto no está permitido',
        next: 'No puede darse soporte a sí mismo ni a otro analista, ni a un cliente suspendido o que no puede iniciar sesión; y debe ser miembro activo de CustomerService.',
      },
      'unknown-customer': {
        title: 'Ningún cliente tiene este correo',
        next: 'Pregunte al cliente con qué dirección se registró y revise cómo está escrita.',
      },
      'not-found': { title: 'Esa verificación no existe', next: 'Búsquela en sus verificaciones o inicie otra.' },
      'wrong-step': { title: 'La verificación está en otro paso', next: 'Lo que ve ahora es donde está: siga desde aquí.' },
      conflict: {
        title: 'Alguien la cambió en el mismo momento',
        next: 'No se hizo nada. Mire dónde está y repítalo si todavía hace falta.',
      },
      'code-refused': { title: 'El código fue rechazado', next: 'Es incorrecto, venció o ya se usó. Revíselo o pida que se envíe otro.' },
      'environment-refused': {
        title: 'Allí no se puede abrir nada',
        next: 'Elija otro ecosistema. En Administración de ecosistemas el cliente debe ser su sucesor.',
      },
      'grant-exists': { title: 'Ya hay un acceso ofrecido', next: 'Revóquelo primero, o genere de nuevo sus credenciales.' },
      'grant-refused': {
        title: 'Estas credenciales no abren nada',
        next: 'Revise las tres con el cliente, letra por letra. Pueden estar mal escritas, revocadas o vencidas, o ser de otro analista; en ese caso el cliente debe generarlas de nuevo.',
      },
      'too-many-requests': { title: 'Demasiadas solicitudes', next: 'Por ahora se agotó un límite. Protege al cliente y a usted.' },
      unavailable: {
        title: 'El servicio no pudo terminar',
        next: 'Lo que ve es hasta dónde llegó. Repítalo: es seguro.',
      },
      offline: { title: 'Sin conexión', next: 'Revise su red y repítalo. La verificación sigue donde está.' },
      timeout: { title: 'No hubo respuesta a tiempo', next: 'Lo que ve es hasta dónde llegó. Repítalo: es seguro.' },
      throttled: { title: 'El servicio está ocupado', next: 'Espere unos segundos y repítalo.' },
      'signed-out': { title: 'Su sesión terminó', next: 'Inicie sesión otra vez: volverá a donde estaba.' },
      unexpected: { title: 'Ocurrió algo inesperado', next: 'Repítalo; si continúa, comunique la referencia.' },
    },
    startNotAllowed: {
      title: 'Usted no puede dar soporte a este usuario',
      next: 'Es usted mismo o alguien de soporte, o usted no es miembro activo de CustomerService. Pida ayuda a un colega o a su administrador.',
    },
    startLost: (list) => `Es posible que se haya abierto de todos modos: mire en ${list} antes de repetirlo.`,
    validationNotAllowed: {
      title: 'En este momento usted no es un analista autorizado',
      next: 'Su usuario está deshabilitado o ya no está en el grupo CustomerService. Pregunte a su administrador.',
    },
    offlineNow: 'Está sin conexión. El tiempo sigue corriendo; lo demás se pone al día en cuanto vuelva la red.',
  },

  remote: {
    product: 'Waizant',
    title: 'Acceso de asistencia remota',
    start: {
      failed: {
        title: 'Esta página no puede iniciar',
        next: 'No se pudo leer su configuración. Recargue la página; si no ayuda, avise a su proveedor de soporte.',
      },
      broken: {
        title: 'Algo falló en esta página',
        next: 'Recárguela. Un acceso activo sigue activo: después puede revocarlo.',
      },
    },
    notSetUp: {
      title: 'La asistencia remota no está disponible aquí',
      next: 'Pida otra vía a su proveedor de soporte.',
    },
    signIn: {
      description: 'Con el correo y la contraseña de su cuenta de Waizant, para dar acceso a ella a su proveedor de soporte.',
      refusals: {
        'wrong-credentials': {
          title: 'No se pudo iniciar sesión',
          next: 'Revise el correo y la contraseña. Tras varios intentos fallidos, espere un rato.',
        },
        'reset-required': {
          title: 'Su contraseña debe restablecerse',
          next: 'Elija «Olvidé mi contraseña» donde inicia sesión en Waizant y vuelva aquí.',
        },
        'weak-password': {
          title: 'La contraseña fue rechazada',
          next: 'Elija una que cumpla todas las condiciones y que no haya usado antes.',
        },
        'wrong-code': {
          title: 'El código fue rechazado',
          next: 'Ingrese el más reciente. Si sigue igual, revise que la hora de su teléfono sea correcta.',
        },
        'too-many-attempts': { title: 'Demasiados intentos', next: 'Espere unos minutos y vuelva a intentarlo.' },
        'too-late': {
          title: 'Se acabó el tiempo para este paso',
          next: 'Inicie sesión otra vez. No se pierde nada: una primera contraseña sigue siendo la que recibió.',
        },
        'unknown-challenge': {
          title: 'Su cuenta necesita un paso que esta página no tiene',
          next: 'Aquí se ingresan la contraseña y un código de una aplicación, un correo o un SMS, y nada más. Pida otra vía a su proveedor de soporte.',
        },
        offline: { title: 'Sin conexión', next: 'Revise su red y vuelva a intentarlo.' },
        unavailable: {
          title: 'El servicio de inicio de sesión tiene una falla',
          next: 'No hay nada mal en lo que escribió. Vuelva a intentarlo en un momento.',
        },
        unexpected: {
          title: 'No se pudo iniciar sesión',
          next: 'Vuelva a intentarlo en un momento; si continúa, avise a su proveedor de soporte.',
        },
      },
    },
    form: {
      intro: 'Está por permitir el acceso remoto con su usuario. Elija la duración y las opciones de visibilidad, y presione Confirmar.',
      meaning:
        'Un analista de su proveedor de soporte que tenga las credenciales puede ver y hacer lo mismo que usted, en sesiones de cinco minutos como máximo. De cada una se le avisa por correo, y puede terminarla de inmediato.',
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
        next: 'Ninguno de sus ecosistemas tiene algo que una sesión de soporte pueda abrir.',
      },
    },
    credentials: {
      title: 'El acceso de soporte remoto está activado',
      intro: 'Envíe estas credenciales a su proveedor de soporte para que pueda entrar con su usuario y revisar el problema.',
      notice: 'Aviso',
      share:
        'Comparta estos datos solo con su proveedor de soporte, por los medios de siempre (por ejemplo correo, portal de ayuda, teléfono). No los comparta con terceros.',
      labels: { url: 'URL', userName: 'Nombre de usuario', password: 'Contraseña', code: 'Código de seguridad', timeout: 'Vence' },
      copy: 'Copiar al portapapeles',
      copied: 'Copiado',
      notCopied: 'El navegador no lo permitió: seleccione el texto y cópielo',
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
    revoking: {
      title: '¿Revocar las credenciales?',
      explain: 'Desde ese momento no sirven para nada, y una sesión abierta termina de inmediato.',
    },
    regenerating: {
      title: '¿Generar las credenciales de nuevo?',
      explain:
        'Las anteriores dejan de servir, las tenga quien las tenga: debe enviar las nuevas. Vencen cuando habrían vencido las anteriores. Una sesión abierta sigue; para terminarla, revoque.',
    },
    back: 'Cancelar',
    revoked: 'Las credenciales están revocadas. Ya nadie puede usarlas.',
    failures: {
      'invalid-request': { title: 'Algo en el formulario no está bien', next: 'Elija otra vez y vuelva a confirmar.' },
      unauthenticated: { title: 'Su sesión no sirve aquí', next: 'Ciérrela e inicie sesión otra vez con su propia cuenta de Waizant.' },
      'not-allowed': {
        title: 'Usted no puede dar acceso',
        next: 'Quizá su cuenta está suspendida o es de alguien de soporte. Pregunte a su proveedor de soporte.',
      },
      'not-found': {
        title: 'Ya no hay ningún acceso activo',
        next: 'Terminó o fue revocado, aquí o en otra parte. Puede dar acceso otra vez.',
      },
      conflict: { title: 'Se cambió en el mismo momento', next: 'Lo que ve es como está ahora. Repítalo si todavía hace falta.' },
      'grant-exists': { title: 'El acceso ya estaba activo', next: 'No se cambió nada. Revóquelo, o genere de nuevo sus credenciales.' },
      'environment-refused': { title: 'Allí no se puede abrir nada', next: 'Elija otro ecosistema, o pregunte a su proveedor de soporte.' },
      'too-many-requests': {
        title: 'Demasiadas solicitudes',
        next: 'Solo se pueden crear credenciales cierto número de veces por hora. Lo activo sigue activo y se puede revocar.',
      },
      unavailable: { title: 'El servicio no pudo terminar', next: 'Lo que ve es como está ahora. Repítalo si todavía hace falta.' },
      offline: { title: 'Sin conexión', next: 'Revise su red, mire cómo está y repítalo si todavía hace falta.' },
      timeout: {
        title: 'No hubo respuesta a tiempo',
        next: 'Lo que ve es como está ahora. Si el acceso está activo y no vio credenciales, genérelas de nuevo.',
      },
      throttled: { title: 'El servicio está ocupado', next: 'Espere unos segundos y repítalo.' },
      'signed-out': { title: 'Su sesión terminó', next: 'Inicie sesión otra vez. Lo activo sigue activo.' },
      unexpected: { title: 'Ocurrió algo inesperado', next: 'Repítalo; si continúa, comunique la referencia a su proveedor de soporte.' },
    },
    again: 'Intentar otra vez',
  },
};
