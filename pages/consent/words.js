// Every text of the page. What stands in braces is filled in. The emails call the buttons by the same names.

const en = {
  title: 'Waizant support',
  see: 'See the details',
  allow: 'Allow',
  refuse: 'Refuse',
  end: 'End the session',
  working: 'One moment…',

  warning: 'Did someone call you unexpectedly?',
  warningText: 'Don’t read the code to anyone, even if they say they are from Waizant. Hang up and refuse the request.',

  doorHeading: 'Support access to your account',
  doorText:
    'You opened this page from an email. See who is asking to enter your account, or is already in it, and why. Nothing happens until you press a button.',
  doorEnd: 'Do you want to stop a session? This button ends it, or refuses the request if no session has started.',

  requestHeading: '{agent} is asking to enter your account',
  requestText: {
    view: 'Support agent at Waizant. If you allow it, they can see what you can in your account, without changing anything, for at most {minutes}.',
    change: 'Support agent at Waizant. If you allow it, they can see and do what you can in your account, for at most {minutes}.',
  },
  access: 'What the agent can do',
  can: { view: 'View only, without changing anything', change: 'View and change' },
  choose: 'What do you allow?',
  choices: { change: 'View and change, as the agent asks', view: 'View only, without changing anything' },
  ecosystem: 'Ecosystem',
  environments: 'Environments',
  duration: 'Longest duration',
  minutes: (n) => (n === 1 ? '1 minute' : `${n} minutes`),
  compareHeading: 'Compare the verification number',
  compareText: 'Ask the agent to read out their number. It must be:',
  compareElse: 'If it is different, press “Refuse”.',
  codeHeading: 'Enter the code from the email',
  codeText: 'Then read the same code to the agent, who must enter it too.',
  tellHeading: 'Read the code to the agent',
  tellText: 'If the number is the same, read the agent the code from the email. They enter it for you. There is nothing to enter here.',
  code: 'Six-digit code',
  codeExpires: 'The code expires in {left}.',
  codeExpired: 'The code has expired, and nothing was opened. Ask the agent to send you another email, and open the link in that one.',

  expiredHeading: 'The code has expired',

  enteredHeading: 'Now read the code to the agent',
  enteredText:
    'Your code is correct. {agent} must enter it too: read it out if their number is {number}. Nothing is opened before they enter it.',
  enteredWaiting: 'Waiting for the agent…',
  consentedHeading: 'You have given your authorization',
  consentedText: '{agent} can now open the session. This page shows when it starts. You can end it here at any time.',
  consentedWaiting: 'Waiting for the session to start…',

  sessionHeading: '{agent} is in your account',
  sessionText: 'The session ends when the time is up. You can end it earlier.',
  sessionLeft: 'Time left',
  sessionMinute: 'The session ends in one minute.',
  sessionEnding: 'The session is ending…',

  endedHeading: 'The session is over',
  endedText: 'You ended it. The agent no longer has access to your account.',
  finishedHeading: 'The session is over',
  finishedText: 'The agent no longer has access to your account.',
  replacedHeading: 'This link no longer shows the session',
  replacedText:
    'Either the session is over, or a newer email has replaced this link and the agent may still be in your account. Open your latest email from Waizant: it says that the session is over, or has the link to end it.',
  refusedHeading: 'You refused the request',
  refusedText: 'Nothing was opened, and the code no longer works.',
  lockedHeading: 'The request is locked',
  lockedText: 'A wrong code was entered too many times. The request is over, and the code no longer works.',
  goneHeading: 'This link is no longer valid',
  goneText:
    'The request is over, or a newer email has replaced this link. If you are talking to the agent, or want to end a session, open the link in your latest email.',
  blankHeading: 'Open the link in your email',
  blankText: 'This page shows a support request only if you open it from the link in the email.',
  report: 'If you did not ask for support, tell Waizant.',

  codeNeeded: 'Enter the six digits of the code in the email.',
  wrongCode: (n) => `The code is wrong or has expired. You have ${n === 1 ? 'one attempt' : `${n} attempts`} left.`,
  moved: 'The request has changed. You now see its current state.',
  busy: 'The service is busy. Nothing was changed. Wait a few seconds and try again.',
  down: 'Something went wrong on our side. Wait a few seconds and try again.',
  offline: 'There is no connection. Check your network and try again.',
  notEnded: 'The session may still be open. Try again.',
  polling: 'This page cannot reach Waizant at the moment. It keeps trying.',
};

const es = {
  title: 'Soporte de Waizant',
  see: 'Ver los detalles',
  allow: 'Permitir',
  refuse: 'Rechazar',
  end: 'Terminar la sesión',
  working: 'Un momento…',

  warning: '¿Recibió una llamada que no esperaba?',
  warningText: 'No le lea el código a nadie, aunque digan ser de Waizant. Cuelgue y rechace la solicitud.',

  doorHeading: 'Acceso de soporte a su cuenta',
  doorText:
    'Usted abrió esta página desde un correo. Vea quién pide entrar a su cuenta, o ya está en ella, y para qué. No pasa nada hasta que presione un botón.',
  doorEnd: '¿Quiere detener una sesión? Este botón la termina, o rechaza la solicitud si todavía no empezó ninguna.',

  requestHeading: '{agent} pide entrar a su cuenta',
  requestText: {
    view: 'Agente de soporte de Waizant. Si usted lo permite, podrá ver en su cuenta lo mismo que usted, sin cambiar nada, durante {minutes} como máximo.',
    change:
      'Agente de soporte de Waizant. Si usted lo permite, podrá ver y hacer en su cuenta lo mismo que usted, durante {minutes} como máximo.',
  },
  access: 'Qué puede hacer el agente',
  can: { view: 'Solo ver, sin cambiar nada', change: 'Ver y cambiar' },
  choose: '¿Qué permite usted?',
  choices: { change: 'Ver y cambiar, como pide el agente', view: 'Solo ver, sin cambiar nada' },
  ecosystem: 'Ecosistema',
  environments: 'Entornos',
  duration: 'Duración máxima',
  minutes: (n) => (n === 1 ? '1 minuto' : `${n} minutos`),
  compareHeading: 'Compare el número de verificación',
  compareText: 'Pídale al agente que le lea su número. Debe ser:',
  compareElse: 'Si es otro, presione «Rechazar».',
  codeHeading: 'Ingrese el código del correo',
  codeText: 'Después, léale el mismo código al agente, que también debe ingresarlo.',
  tellHeading: 'Léale el código al agente',
  tellText:
    'Si el número es el mismo, léale al agente el código del correo. El agente lo ingresa por usted. Aquí no hay nada que ingresar.',
  code: 'Código de seis dígitos',
  codeExpires: 'El código vence en {left}.',
  codeExpired: 'El código venció y no se abrió nada. Pídale al agente que le envíe otro correo y abra el enlace de ese correo.',

  expiredHeading: 'El código venció',

  enteredHeading: 'Ahora léale el código al agente',
  enteredText:
    'Su código es correcto. {agent} también debe ingresarlo: léaselo si su número es {number}. No se abre nada antes de que lo ingrese.',
  enteredWaiting: 'Esperando al agente…',
  consentedHeading: 'Usted dio su autorización',
  consentedText: '{agent} ya puede abrir la sesión. Esta página muestra cuándo empieza. Puede terminarla aquí en cualquier momento.',
  consentedWaiting: 'Esperando a que empiece la sesión…',

  sessionHeading: '{agent} está en su cuenta',
  sessionText: 'La sesión termina cuando se acaba el tiempo. Usted puede terminarla antes.',
  sessionLeft: 'Tiempo restante',
  sessionMinute: 'La sesión termina en un minuto.',
  sessionEnding: 'La sesión está terminando…',

  endedHeading: 'La sesión terminó',
  endedText: 'Usted la terminó. El agente ya no tiene acceso a su cuenta.',
  finishedHeading: 'La sesión terminó',
  finishedText: 'El agente ya no tiene acceso a su cuenta.',
  replacedHeading: 'Este enlace ya no muestra la sesión',
  replacedText:
    'La sesión terminó, o un correo más reciente reemplazó este enlace y es posible que el agente siga en su cuenta. Abra el último correo de Waizant: allí dice que la sesión terminó, o está el enlace para terminarla.',
  refusedHeading: 'Usted rechazó la solicitud',
  refusedText: 'No se abrió nada, y el código ya no sirve.',
  lockedHeading: 'La solicitud está bloqueada',
  lockedText: 'Se ingresó un código incorrecto demasiadas veces. La solicitud terminó, y el código ya no sirve.',
  goneHeading: 'Este enlace ya no es válido',
  goneText:
    'La solicitud terminó, o un correo más reciente reemplazó este enlace. Si está hablando con el agente, o quiere terminar una sesión, abra el enlace de su último correo.',
  blankHeading: 'Abra el enlace de su correo',
  blankText: 'Esta página muestra una solicitud de soporte solo si se abre desde el enlace del correo.',
  report: 'Si usted no pidió soporte, avise a Waizant.',

  codeNeeded: 'Ingrese los seis dígitos del código del correo.',
  wrongCode: (n) => `El código es incorrecto o ya venció. Le ${n === 1 ? 'queda un intento' : `quedan ${n} intentos`}.`,
  moved: 'La solicitud cambió. Ahora ve su estado actual.',
  busy: 'El servicio está ocupado. No se cambió nada. Espere unos segundos e intente de nuevo.',
  down: 'Algo salió mal de nuestro lado. Espere unos segundos e intente de nuevo.',
  offline: 'No hay conexión. Revise su red e intente de nuevo.',
  notEnded: 'Es posible que la sesión siga abierta. Intente de nuevo.',
  polling: 'En este momento esta página no logra comunicarse con Waizant. Sigue intentándolo.',
};

export const words = { en, es };
