import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { describeEcosystem } from './customer';
import { Indicator } from './indicator';
import { isShown, type ShownCustomer, type Verification } from './model';
import { useSpeech } from './words';
import type { Words } from './words/en';

/** The customer and the state of their account. Most calls begin with “I cannot sign in”. */
export function CustomerCard({ verification, mine }: { verification: Verification; mine: boolean }) {
  const { words, dateTime } = useSpeech();
  const { customer, ticket, access } = verification;
  const shown = isShown(customer);
  return (
    <Container header={<Header variant="h2">{words.modules[verification.module].customer}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          items={[
            ...(shown ? [{ label: words.customer.name, value: customer.name }] : []),
            { label: words.customer.email, value: customer.email },
            ...(shown ? stateOf(customer, words) : []),
            ...(ticket === null ? [] : [{ label: words.process.ticket, value: ticket }]),
            ...(access === null ? [] : [{ label: words.access.label, value: words.access.is[access] }]),
            { label: words.process.agent, value: verification.agent.name },
            { label: words.process.startedAt, value: dateTime(verification.created_at) },
            {
              label: words.process.id,
              value: (
                <CopyToClipboard
                  variant="inline"
                  textToCopy={verification.id}
                  copyButtonAriaLabel={words.process.copyId}
                  copySuccessText={words.remote.credentials.copied}
                  copyErrorText={words.remote.credentials.notCopied}
                />
              ),
            },
          ]}
        />
        {!shown && <Box color="text-body-secondary">{mine ? words.customer.masked : words.customer.maskedYet}</Box>}
      </SpaceBetween>
    </Container>
  );
}

function stateOf(customer: ShownCustomer, words: Words) {
  const signIn = words.customer.signInStates[customer.sign_in];
  return [
    {
      label: words.customer.status,
      value: <Indicator type={customer.status === 'active' ? 'success' : 'error'}>{words.customer.statuses[customer.status]}</Indicator>,
    },
    {
      label: words.customer.signIn,
      value: <Indicator type={customer.sign_in === 'confirmed' ? 'success' : 'error'}>{signIn.title}</Indicator>,
    },
    { label: words.customer.mfa, value: customer.mfa ? words.customer.mfaOn : words.customer.mfaOff },
    {
      label: words.customer.ecosystems,
      value: (
        <ul className="plain">
          {customer.ecosystems.map((ecosystem) => (
            <li key={ecosystem.id}>
              {ecosystem.name}
              <Box color="text-body-secondary" fontSize="body-s">
                {describeEcosystem(ecosystem, words)}
              </Box>
            </li>
          ))}
        </ul>
      ),
    },
  ];
}

/** Why this customer cannot be asked for authorization, and what would help them. */
export function WhyNotAsked({ customer }: { customer: ShownCustomer }) {
  const { words } = useSpeech();
  const { title, next } = words.customer.noConsent;
  const signIn = words.customer.signInStates[customer.sign_in];
  return (
    <Alert type="warning" header={title}>
      <SpaceBetween size="xs">
        {customer.status === 'suspended' && <span>{words.customer.suspended}</span>}
        {customer.sign_in !== 'confirmed' && (
          <span>
            <strong>{signIn.title}.</strong> {signIn.next}
          </span>
        )}
        <span>{next}</span>
      </SpaceBetween>
    </Alert>
  );
}
