/** Pages by the fragment, so that any server of files will do. The place survives a reload and a new sign-in. */

import { useSyncExternalStore } from 'react';
import type { Module } from './model';

export type Route =
  /** The page that starts a module's verifications: by a look-up, or with a customer's credentials. */
  | { page: 'start'; module: Module }
  | { page: 'verification'; module: Module; id: string; view: 'process' | 'app' }
  /** `query`: the filters, as in `filters.ts`. */
  | { page: 'verifications'; query: string }
  /** For people who are not signed in. `back`: where they go once they are. */
  | { page: 'recovery'; back: Route };

export const HOME: Route = { page: 'start', module: 'technical-assistance' };

const IN_MODULE = /^#\/(technical-assistance|ecosystem-admin|support-grant)(?:\/([A-Za-z0-9_-]{22})(\/app)?)?$/u;

const LIST = /^#\/verifications(?:\?(.*))?$/u;

const RECOVERY = /^#\/recovery(\/.*)?$/u;

export function parse(hash: string): Route {
  const found = IN_MODULE.exec(hash);
  if (found) {
    const [, module, id, app] = found as unknown as [string, Module, string | undefined, string | undefined];
    return id === undefined ? { page: 'start', module } : { page: 'verification', module, id, view: app ? 'app' : 'process' };
  }
  const list = LIST.exec(hash);
  if (list) return { page: 'verifications', query: list[1] ?? '' };
  const recovery = RECOVERY.exec(hash);
  if (!recovery) return HOME;
  const back = parse(`#${recovery[1] ?? ''}`);
  return { page: 'recovery', back: back.page === 'recovery' ? HOME : back };
}

export function href(route: Route): string {
  switch (route.page) {
    case 'start':
      return `#/${route.module}`;
    case 'verification':
      return `#/${route.module}/${route.id}${route.view === 'app' ? '/app' : ''}`;
    case 'verifications':
      return `#/verifications${route.query === '' ? '' : `?${route.query}`}`;
    case 'recovery':
      return route.back === HOME ? '#/recovery' : `#/recovery${href(route.back).slice(1)}`;
  }
}

export function go(route: Route): void {
  location.hash = href(route);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(
    (listener) => {
      addEventListener('hashchange', listener);
      return () => removeEventListener('hashchange', listener);
    },
    () => location.hash,
  );
  return parse(hash);
}
