// Every text of the page. What stands in braces is filled in. The names of the buttons are those that the mails use.

const en = {
  title: 'Waizant support',
  see: 'See the details',
  allow: 'Allow',
  refuse: 'Refuse',
  end: 'End the session',
  working: 'One moment…',

  warning: 'Did somebody call you unexpectedly?',
  warningText: 'Read the code to no one, even if they say they are from Waizant. Hang up and refuse the request.',

  doorHeading: 'Support access to your account',
  doorText:
    'You came here from an e-mail. See who asks to enter your account, or is in it, and for what. Nothing happens until you press a button.',
  doorEnd: 'Is a session running that you want to stop? One press ends it, or refuses the request if none has begun.',

  requestHeading: '{agent} asks to enter your account',
  requestText: 'Support analyst at Waizant. If you allow it, they will see and do there what you can, for {minutes} at the most.',
  ecosystem: 'Ecosystem',
  environments: 'Environments',
  duration: 'Longest duration',
  minutes: (n) => (n === 1 ? '1 minute' : `${n} minutes`),
  compareHeading: 'Compare the number',
  compareText: 'Ask the analyst to read out their number. It must be:',
  compareElse: 'If it is another, press “Refuse”.',
  codeHeading: 'Enter the code from the e-mail',
  codeText: 'Then read the same code to the analyst, who must enter it too.',
  tellHeading: 'Read the code to the analyst',
  tellText: 'If the number is the same, read the analyst the code from the e-mail; they enter it for you. There is nothing to enter here.',
  code: 'Six-digit code',
  codeExpires: 'The code expires in {left}.',
  codeExpired: 'The code has expired. Ask the analyst to send you another e-mail, and open the link in that one.',

  enteredHeading: 'Now read the code to the analyst',
  enteredText: 'Your code was right. {agent} must enter it too: read it out, if their number is {number}. Until then nothing is opened.',
  enteredWaiting: 'Waiting for the analyst…',
  consentedHeading: 'You have given your consent',
  consentedText: '{agent} can open the session now. This page shows when it begins, and you can end it here at any time.',
  consentedWaiting: 'Waiting for the session to begin…',

  sessionHeading: '{agent} is in your account',
  sessionText: 'The session ends by itself when the time is over. You can end it before.',
  sessionLeft: 'Time left',
  sessionMinute: 'The session ends in one minute.',
  sessionEnding: 'The session is ending…',

  endedHeading: 'The session is over',
  endedText: "You have ended it. The analyst's access to your account is over.",
  finishedHeading: 'The session is over',
  finishedText: "The analyst's access to your account is over.",
  replacedHeading: 'This link no longer shows the session',
  replacedText:
    'Either the session is over, or a newer e-mail has replaced this link and the analyst may still be in your account. Open your latest e-mail from Waizant: it says that the session is over, or has the link to end it.',
  refusedHeading: 'You have refused',
  refusedText: 'Nothing was opened, and the code is worth nothing now.',
  lockedHeading: 'The request is locked',
  lockedText: 'A wrong code was entered too many times. The request is over, and the code is worth nothing now.',
  goneHeading: 'This link is no longer good',
  goneText:
    'It is over, or a newer e-mail has replaced this link. If you are talking to the analyst, or want to end a session, open the link in your latest e-mail.',
  blankHeading: 'Open the link in your e-mail',
  blankText: 'This page shows a support request only when it is opened from the link in the e-mail.',
  report: 'If you did not ask for support, tell Waizant.',

  codeNeeded: 'Enter the six digits of the code in the e-mail.',
  wrongCode: (n) => `That code is not right, or it has expired. You have ${n === 1 ? 'one attempt' : `${n} attempts`} left.`,
  moved: 'The request has changed. This is how it stands now.',
  busy: 'There is a lot going on just now. Nothing was changed; wait a few seconds and try again.',
  down: 'Something is not working on our side. Wait a few seconds and try again.',
  offline: 'There is no connection. Check your network and try again.',
  notEnded: 'The session may still be running. Try again.',
  polling: 'This page cannot reach Waizant just now. It keeps trying.',
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
    'Llegó aquí desde un correo. Vea quién pide entrar a su cuenta, o está en ella, y para qué. No pasa nada hasta que presione un botón.',
  doorEnd: '¿Hay una sesión en curso que quiere detener? Un toque la termina, o rechaza la solicitud si todavía no empezó ninguna.',

  requestHeading: '{agent} pide entrar a su cuenta',
  requestText:
    'Analista de soporte de Waizant. Si usted lo permite, podrá ver y hacer allí lo mismo que usted, durante {minutes} como máximo.',
  ecosystem: 'Ecosistema',
  environments: 'Entornos',
  duration: 'Duración máxima',
  minutes: (n) => (n === 1 ? '1 minuto' : `${n} minutos`),
  compareHeading: 'Compare el número',
  compareText: 'Pídale al analista que le lea su número. Debe ser:',
  compareElse: 'Si es otro, presione «Rechazar».',
  codeHeading: 'Ingrese el código del correo',
  codeText: 'Después, léale el mismo código al analista, que también debe ingresarlo.',
  tellHeading: 'Léale el código al analista',
  tellText:
    'Si el número es el mismo, léale al analista el código del correo; el analista lo ingresará por usted. Aquí no hay nada que ingresar.',
  code: 'Código de seis dígitos',
  codeExpires: 'El código vence en {left}.',
  codeExpired: 'El código venció. Pídale al analista que le envíe otro correo y abra el enlace que viene en él.',

  enteredHeading: 'Ahora léale el código al analista',
  enteredText: 'Su código es correcto. {agent} también debe ingresarlo: léaselo, si su número es {number}. Hasta entonces no se abre nada.',
  enteredWaiting: 'Esperando al analista…',
  consentedHeading: 'Usted dio su autorización',
  consentedText: '{agent} ya puede abrir la sesión. Esta página mostrará cuándo empieza, y aquí puede terminarla en cualquier momento.',
  consentedWaiting: 'Esperando a que empiece la sesión…',

  sessionHeading: '{agent} está en su cuenta',
  sessionText: 'La sesión termina por sí sola cuando se acaba el tiempo. Usted puede terminarla antes.',
  sessionLeft: 'Tiempo restante',
  sessionMinute: 'La sesión termina en un minuto.',
  sessionEnding: 'La sesión está terminando…',

  endedHeading: 'La sesión terminó',
  endedText: 'Usted la terminó. El analista ya no tiene acceso a su cuenta.',
  finishedHeading: 'La sesión terminó',
  finishedText: 'El analista ya no tiene acceso a su cuenta.',
  replacedHeading: 'Este enlace ya no muestra la sesión',
  replacedText:
    'La sesión terminó, o un correo más reciente reemplazó este enlace y es posible que el analista siga en su cuenta. Abra el último correo de Waizant: allí dice que la sesión terminó, o está el enlace para terminarla.',
  refusedHeading: 'Usted rechazó la solicitud',
  refusedText: 'No se abrió nada, y el código ya no sirve.',
  lockedHeading: 'La solicitud está bloqueada',
  lockedText: 'Se ingresó un código incorrecto demasiadas veces. La solicitud terminó, y el código ya no sirve.',
  goneHeading: 'Este enlace ya no sirve',
  goneText:
    'Ya terminó, o un correo más reciente reemplazó este enlace. Si está hablando con el analista, o quiere terminar una sesión, abra el enlace de su último correo.',
  blankHeading: 'Abra el enlace de su correo',
  blankText: 'Esta página muestra una solicitud de soporte solo cuando se abre desde el enlace del correo.',
  report: 'Si usted no pidió soporte, avise a Waizant.',

  codeNeeded: 'Ingrese los seis dígitos del código del correo.',
  wrongCode: (n) => `El código no es correcto o ya venció. Le ${n === 1 ? 'queda un intento' : `quedan ${n} intentos`}.`,
  moved: 'La solicitud cambió. Así está ahora.',
  busy: 'Hay mucha actividad en este momento. No se cambió nada; espere unos segundos y vuelva a intentarlo.',
  down: 'Algo no funciona de nuestro lado. Espere unos segundos y vuelva a intentarlo.',
  offline: 'No hay conexión. Revise su red y vuelva a intentarlo.',
  notEnded: 'Es posible que la sesión siga en curso. Vuelva a intentarlo.',
  polling: 'En este momento esta página no logra comunicarse con Waizant. Sigue intentándolo.',
};

export const words = { en, es };
