import { type Customer, type Ecosystem, isShown, type ShownCustomer, type Verification } from './model';
import type { Words } from './words/en';

/** Whether this customer can be asked for authorization: the account is active, and its sign-in works. */
export function canBeAsked(customer: ShownCustomer): boolean {
  return customer.status === 'active' && customer.sign_in === 'confirmed';
}

/** The customer's name, or the masked address while the name is hidden. */
export function nameOf(customer: Customer): string {
  return isShown(customer) ? customer.name : customer.email;
}

/** The customer's role in an ecosystem, and its plan. */
export function describeEcosystem(ecosystem: Ecosystem, words: Words): string {
  return `${words.ecosystem.roles[ecosystem.role]} · ${words.ecosystem.plans[ecosystem.plan]}`;
}

/** The name of an ecosystem of this customer; its id if the name is not known. */
export function nameOfEcosystem(customer: Customer, ecosystem: string): string {
  const known = isShown(customer) ? customer.ecosystems : [];
  return known.find(({ id }) => id === ecosystem)?.name ?? ecosystem;
}

/** The name of the ecosystem that was chosen; empty while none is. */
export function chosenEcosystem({ customer, ecosystem }: Pick<Verification, 'customer' | 'ecosystem'>): string {
  return ecosystem === null ? '' : nameOfEcosystem(customer, ecosystem);
}
