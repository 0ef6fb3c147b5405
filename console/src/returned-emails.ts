/** The emails that reached nobody, as far as they matter now. The record keeps them all. */

import type { Action, EmailKind, Status, Verification } from './model';

/** While an email is what the people wait for or go by. One that was sent again is another. */
const MATTERS: Record<EmailKind, readonly Status[]> = {
  'agent-code': ['agent_challenged'],
  'consent-request': ['awaiting_consent'],
  'grant-used': ['started', 'agent_challenged', 'consented', 'minting', 'in_session'],
  'session-started': ['in_session'],
  'app-qr': ['in_session'],
  closed: ['closed'],
};

/** The steps that send what can be sent again. */
const SENDINGS: Partial<Record<EmailKind, Action>> = { 'agent-code': 'agent-code-sent', 'consent-request': 'consent-asked' };

export function undelivered({ status, steps }: Pick<Verification, 'status' | 'steps'>): EmailKind[] {
  const found = steps.flatMap(({ action, detail }) => {
    if (action !== 'email-undelivered' || detail === null || typeof detail === 'string' || detail.kind !== 'email') return [];
    const sending = SENDINGS[detail.email];
    const sent = steps.filter((step) => step.action === sending).length;
    return MATTERS[detail.email].includes(status) && (sending === undefined || detail.number === sent) ? [detail.email] : [];
  });
  return [...new Set(found)];
}
