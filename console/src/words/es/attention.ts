import type { Words } from '../en';

export const attention: Words['attention'] = {
  notify: 'Avisarme con un sonido y una notificación cuando el cliente haya ingresado el código',
  denied: 'El navegador no muestra notificaciones de esta página. Usted oirá el sonido.',
  entered: (customer) => `${customer} ingresó el código`,
  enteredNext: 'Ingréselo también en la consola o inicie la sesión.',
  authorized: (customer) => `${customer} dio su autorización`,
};
