import type { Words } from '../en';

export const access: Words['access'] = {
  label: 'Acceso',
  ask: '¿Qué necesita hacer?',
  choices: {
    view: { label: 'Ver', description: 'Ver lo mismo que el cliente. No se puede cambiar nada.' },
    change: { label: 'Ver y cambiar', description: 'Además, cambiar cosas por el cliente, que puede limitarlo a solo ver.' },
  },
  is: { view: 'Solo ver', change: 'Ver y cambiar' },
  to: { view: 'para ver', change: 'para ver y cambiar' },
  narrowed: { view: 'solo para ver', change: 'para ver y cambiar' },
  offer: 'Permitir hacer cambios',
};
