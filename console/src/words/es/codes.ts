import type { Words } from '../en';

export const codes: Words['codes'] = {
  expiredNext: 'El código venció, y haberlo ingresado ya no cuenta. Envíe uno nuevo.',
  entryExpired: 'vencido',
  byItself: 'Verificar en cuanto se escriban o se peguen seis dígitos',
  sentAgain: (address) => `Un código nuevo va en camino a ${address}. El anterior ya no sirve.`,
  numberChanged: (before, now) => `El número de verificación cambió de ${before} a ${now}. Léalo de nuevo en voz alta.`,
  numberSame: (now) => `El número de verificación sigue siendo ${now}.`,
};
