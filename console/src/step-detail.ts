import { nameOfEcosystem } from './customer';
import type { Access, Customer, StepFacts } from './model';
import type { Words } from './words/en';

/** The facts of a step in words; empty for a kind that a newer server has and this page does not know. */
export function factsInWords(facts: StepFacts, customer: Customer, words: Words): string {
  const { details } = words.record;
  switch (facts.kind) {
    case 'support-grant':
      return details.supportGrant;
    case 'sending':
      return details.sending(facts.number, facts.of);
    case 'consent-request':
      return `${placed(facts, customer, words)}, ${details.sending(facts.number, facts.of)}`;
    case 'access-narrowed':
      return words.access.narrowed[facts.access];
    case 'wrong-entry':
      return details.wrongEntry(facts.number, facts.of);
    case 'consented-by-grant':
      return details.consentedByGrant;
    case 'attempt':
      return details.attempt(facts.number);
    case 'session':
      return `${placed(facts, customer, words)}: ${facts.environments.map((name) => words.environments[name]).join(', ')}`;
    case 'environment':
      return words.environments[facts.environment];
    case 'app-qr':
      return details.appQr;
    case 'activity-list':
      return facts.continued ? details.activityContinued : details.activityList;
    case 'activity-item':
      return details.activityItem(facts.id);
    case 'notice':
      return details.notices[facts.notice];
    case 'email': {
      const email = details.emails[facts.email];
      return facts.number === undefined ? email : `${email}, ${details.numbered(facts.number)}`;
    }
    case 'credentials-replaced':
      return details.credentialsReplaced;
    case 'grant-revoked':
      return details.grantRevoked;
  }
  return nothingFor(facts);
}

/** An ecosystem, and what for: steps of before there was a choice do not say it. */
function placed({ ecosystem, access }: { ecosystem: string; access?: Access }, customer: Customer, words: Words): string {
  const name = nameOfEcosystem(customer, ecosystem);
  return access === undefined ? name : `${name}, ${words.access.to[access]}`;
}

/** What is left after all kinds: nothing, as long as the switch names them all. */
function nothingFor(_kind: never): string {
  return '';
}
