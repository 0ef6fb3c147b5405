import type { ReactNode } from 'react';

/** These components have no texts of their own. */
export default function I18nProvider({ children }: { children: ReactNode }) {
  return children;
}
