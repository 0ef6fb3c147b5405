import type { Words } from '../en';
import { access } from './access';
import { attention } from './attention';
import { codes } from './codes';
import { failures } from './failures';
import { list, record, undelivered } from './record';
import { remote } from './remote';
import { activity, cancel, closed, finish, session } from './session';
import { newPassword, recovery, signIn } from './sign-in';
import { lookUp, modules, redeem } from './starting';
import { code, consent, customer, ecosystem, environments, grant, process, validation } from './verification';

export const es: Words = {
  language: 'Español',
  product: 'Waizant BackOffice',
  skip: 'Ir al contenido',
  loading: 'Cargando',
  close: 'Cerrar',
  none: '–',

  start: {
    failed: {
      title: 'La consola no puede iniciar',
      next: 'No se pudo leer su configuración. Recargue la página. Si vuelve a ocurrir, avise a su administrador.',
    },
    reload: 'Recargar',
    broken: {
      title: 'Algo salió mal en esta página',
      next: 'Recárguela. La verificación conserva su estado.',
    },
  },

  navigation: {
    title: 'Soporte a clientes',
    language: 'Idioma',
    account: 'Cuenta',
    supervisor: 'Supervisor',
    agent: 'Agente de soporte',
    signOut: 'Cerrar sesión',
  },

  signIn,
  newPassword,
  recovery,
  modules,
  lookUp,
  redeem,
  grant,
  access,
  process,
  validation,
  attention,
  code,
  codes,
  customer,
  ecosystem,
  environments,
  consent,
  session,
  activity,
  cancel,
  finish,
  closed,
  record,
  undelivered,
  list,
  failures,
  remote,
};
