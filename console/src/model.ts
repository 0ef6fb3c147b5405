/** Short names for the types of the contract. `npm run check` generates `contract.d.ts` from openapi.yaml. */

import type { components } from './contract';

type Schemas = components['schemas'];

export type Verification = Schemas['Verification'];
export type IssuedVerification = Schemas['IssuedVerification'];
export type VerificationSummary = Schemas['VerificationSummary'];
export type Module = Schemas['Module'];
export type Status = Schemas['Status'];
export type Outcome = Schemas['Outcome'];
export type Customer = Schemas['Customer'];
export type ShownCustomer = Schemas['ShownCustomer'];
export type SignInState = ShownCustomer['sign_in'];
export type Ecosystem = Schemas['CustomerEcosystem'];
export type SentCode = Schemas['SentCode'];
export type Consent = Schemas['Consent'];
export type Handoff = Schemas['Handoff'];
export type LinkHandoff = Schemas['LinkHandoff'];
export type Environment = Schemas['Environment'];
export type Landing = Schemas['Landing'];
export type Step = Schemas['Step'];
export type Actor = Schemas['Actor'];
export type Action = Schemas['Action'];
export type StepFacts = Schemas['StepFacts'];
export type EmailKind = Extract<StepFacts, { kind: 'email' }>['email'];
export type Activity = Schemas['Activity'];
export type ActivityItem = Schemas['ActivityItem'];
export type ActivityDetail = Schemas['ActivityDetail'];
export type SupportCredentials = Schemas['SupportCredentials'];
export type SupportGrant = Schemas['SupportGrant'];
export type GrantSession = Schemas['GrantSession'];
export type SupportGrantOptions = Schemas['SupportGrantOptions'];
export type Visibility = Schemas['Visibility'];
export type Access = Schemas['Access'];
export type GrantTermsChosen = Schemas['CreateSupportGrant'];
export type Search = Schemas['Search'];
export type SearchPage = Schemas['SearchPage'];
export type PasswordRule = NonNullable<Schemas['InvalidRequest']['errors'][number]['rule']>;

/** The problems that the routes of agents, of customers who offer access, and of recovery return. */
export type Problem =
  | Schemas['InvalidRequest']
  | Schemas['Unauthenticated']
  | Schemas['NotAllowed']
  | Schemas['UnknownCustomer']
  | Schemas['NotFound']
  | Schemas['WrongStep']
  | Schemas['Conflict']
  | Schemas['UnreadableRecord']
  | Schemas['CodeRefused']
  | Schemas['EnvironmentRefused']
  | Schemas['GrantExists']
  | Schemas['GrantRefused']
  | Schemas['TooManyRequests']
  | Schemas['Unavailable'];

type SlugOf<Type> = Type extends `/problems/${infer Name}` ? Name : never;

export type Slug = SlugOf<Problem['type']>;

/** The modules whose verifications begin with a look-up. */
export type LookUpModule = NonNullable<Schemas['StartVerification']['module']>;

/** Whether a customer is shown. Until the agent is verified, a customer is only a masked address. */
export function isShown(customer: Customer): customer is ShownCustomer {
  return 'name' in customer;
}
