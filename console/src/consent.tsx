import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { useState } from 'react';
import { NotifyMe } from './attention-view';
import { CodeEntry, CodeLife, Resend } from './code-entry';
import { useConsole } from './console';
import { canBeAsked, chosenEcosystem, describeEcosystem } from './customer';
import { WhyNotAsked } from './customer-card';
import { keepHandoffs } from './handoffs';
import { Indicator } from './indicator';
import { useFocusOnChange } from './keyboard';
import { type Access, isShown, type SentCode } from './model';
import type { Process } from './process';
import { SentAgain } from './sent-again';
import { useIsPast, useWait } from './use-clock';
import { useSpeech } from './words';

/** The agent is verified: which of the customer's ecosystems is this about? */
export function ChooseEcosystem({ process, onKeep }: { process: Process; onKeep?: () => void }) {
  const { words } = useSpeech();
  const { api } = useConsole();
  const { id, customer, ecosystem, access } = process.verification;
  const choices = isShown(customer) ? customer.ecosystems : [];
  const openable = choices.filter(({ environments }) => environments.length > 0);
  const [chosen, setChosen] = useState<string | null>(ecosystem ?? (openable.length === 1 ? (openable[0]?.id ?? null) : null));
  const [asked, setAsked] = useState(false);
  const [wanted, setWanted] = useState<Access>(access ?? 'view');
  const wait = useWait(process.failure?.failure.retryAt ?? null);

  if (!isShown(customer)) return null;
  if (!canBeAsked(customer)) return <WhyNotAsked customer={customer} />;
  if (choices.length === 0) return <Alert type="warning">{words.ecosystem.none}</Alert>;

  const send = async () => {
    setAsked(true);
    if (chosen === null) return;
    if (await process.act('ask', () => api.send(id, { to: 'customer', ecosystem: chosen, access: wanted }))) onKeep?.();
  };
  return (
    <Container
      header={
        <Header variant="h2" description={words.ecosystem.description}>
          {words.ecosystem.title}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FormField label={words.ecosystem.label} errorText={asked && chosen === null ? words.ecosystem.needed : undefined} stretch>
          <Tiles
            value={chosen}
            onChange={({ detail }) => setChosen(detail.value)}
            columns={choices.length > 1 ? 2 : 1}
            ariaRequired
            items={choices.map((choice) => ({
              value: choice.id,
              label: choice.name,
              description: (
                <>
                  <div>{describeEcosystem(choice, words)}</div>
                  <div>{choice.environments.map((name) => words.environments[name]).join(', ') || words.ecosystem.nothing}</div>
                </>
              ),
              disabled: choice.environments.length === 0,
            }))}
          />
        </FormField>
        <FormField label={words.access.ask} stretch>
          <RadioGroup
            value={wanted}
            onChange={({ detail }) => setWanted(detail.value === 'change' ? 'change' : 'view')}
            items={(['view', 'change'] as const).map((value) => ({ value, ...words.access.choices[value] }))}
          />
        </FormField>
        <span>{words.ecosystem.send(customer.email)}</span>
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="primary" loading={process.busy === 'ask'} loadingText={words.loading} disabled={wait > 0} onClick={send}>
            {words.ecosystem.button}
          </Button>
          {onKeep && (
            <Button variant="link" onClick={onKeep}>
              {words.ecosystem.keep}
            </Button>
          )}
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}

/** The customer has been asked. The agent can choose another ecosystem instead. */
export function AwaitingConsent({ process }: { process: Process }) {
  const [choosing, setChoosing] = useState(false);
  const asked = process.verification.consent?.agent_entered ? 'entered' : 'asked';
  const screen = useFocusOnChange(choosing ? 'choosing' : asked);
  return (
    <div ref={screen} tabIndex={-1}>
      <SentAgainOf process={process} />
      {choosing ? (
        <ChooseEcosystem process={process} onKeep={() => setChoosing(false)} />
      ) : (
        <Asked process={process} onChoose={() => setChoosing(true)} />
      )}
    </div>
  );
}

function SentAgainOf({ process: { verification } }: { process: Process }) {
  const { code, consent } = verification;
  return code && <SentAgain code={code} number={consent?.match_number ?? null} />;
}

/** The customer enters their code on the consent page and the agent enters it here; or the agent alone, where that is enough. */
function Asked({ process, onChoose }: { process: Process; onChoose: () => void }) {
  const { words } = useSpeech();
  const { api, config } = useConsole();
  const { id, code, consent, customer, ecosystem, access } = process.verification;
  const wait = useWait(process.failure?.failure.retryAt ?? null);
  const expired = useIsPast(code?.expires_at ?? null);
  if (!code || !consent || ecosystem === null || !isShown(customer)) return null;
  const alone = config.consentMode === 'agent-entry';
  const explain = alone ? words.consent.explainAlone : words.consent.explain;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`${chosenEcosystem(process.verification)}. ${expired ? words.codes.expiredNext : explain(customer.email)}`}
        >
          {words.consent.title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ColumnLayout columns={2} variant="text-grid">
          <div>
            <Box variant="awsui-key-label">{words.consent.verificationNumber}</Box>
            <Box fontSize="display-l" fontWeight="bold">
              <span className="verification-number">{consent.match_number}</span>
            </Box>
            <Box color="text-body-secondary" fontSize="body-s">
              {words.consent.verificationNumberHint}
            </Box>
          </div>
          <div>
            <Box variant="awsui-key-label">{words.consent.entries}</Box>
            <ul className="plain" aria-live="polite">
              {!alone && <Entry who={words.consent.customerEntry} entered={consent.customer_entered} expired={expired} />}
              <Entry who={words.consent.agentEntry} entered={consent.agent_entered} expired={expired} />
            </ul>
            {config.consentUrl !== undefined && (
              <Box color="text-body-secondary" fontSize="body-s">
                {words.consent.page(new URL(config.consentUrl, location.href).origin)}
              </Box>
            )}
          </div>
        </ColumnLayout>
        {consent.agent_entered ? (
          <Entered code={code} />
        ) : (
          <CodeEntry
            key={code.resend_at}
            code={code}
            label={words.consent.field}
            button={words.consent.enter}
            entering={process.busy === 'enter-customers'}
            disabled={process.busy !== null}
            refused={process.failure?.failure.kind === 'code-refused' ? process.failure.failure : null}
            onEnter={(entered) => process.act('enter-customers', () => api.enter(id, { from: 'customer', code: entered }))}
          />
        )}
        <SpaceBetween size="xs">
          <SpaceBetween direction="horizontal" size="xs">
            <Resend
              code={code}
              sending={process.busy === 'ask'}
              waiting={wait > 0}
              onResend={() => process.act('ask', () => api.send(id, { to: 'customer', ecosystem, access: access ?? 'view' }))}
            />
            {customer.ecosystems.length > 1 && (
              <Button variant="link" formAction="none" onClick={onChoose}>
                {words.ecosystem.other}
              </Button>
            )}
          </SpaceBetween>
          <Box color="text-body-secondary" fontSize="body-s">
            {words.code.resendHint}
          </Box>
        </SpaceBetween>
        {!alone && <NotifyMe />}
      </SpaceBetween>
    </Container>
  );
}

/** The agent has entered the code. The entry is valid until the code expires. */
function Entered({ code }: { code: SentCode }) {
  const { words } = useSpeech();
  const expired = useIsPast(code.expires_at);
  return (
    <SpaceBetween size="s">
      {!expired && <Indicator type="success">{words.consent.entriesDone}</Indicator>}
      <CodeLife code={code} left={code.attempts_left} />
    </SpaceBetween>
  );
}

function Entry({ who, entered, expired }: { who: string; entered: boolean; expired: boolean }) {
  const { words } = useSpeech();
  const state = entered ? words.consent.entered : words.consent.waiting;
  return (
    <li>
      <Indicator type={expired ? 'warning' : entered ? 'success' : 'pending'}>
        {who}: {expired ? words.codes.entryExpired : state}
      </Indicator>
    </li>
  );
}

/** Both have entered the code, or the customer authorized the access beforehand. The five minutes begin with this button. */
export function Consented({ process }: { process: Process }) {
  const { words } = useSpeech();
  const { api } = useConsole();
  const { id, module } = process.verification;
  const beforehand = module === 'support-grant';
  const start = async () => {
    const issued = await api.issue(id);
    keepHandoffs(issued);
    return issued;
  };
  return (
    <Container
      header={
        <Header variant="h2" description={words.consent.givenExplain(chosenEcosystem(process.verification))}>
          {beforehand ? words.grant.given : words.consent.given}
        </Header>
      }
    >
      <Button
        variant="primary"
        loading={process.busy === 'issue'}
        loadingText={words.consent.starting}
        onClick={() => process.act('issue', start)}
      >
        {words.consent.start}
      </Button>
    </Container>
  );
}

export function Minting() {
  const { words } = useSpeech();
  return (
    <Container header={<Header variant="h2">{words.consent.starting}</Header>}>
      <Indicator type="loading">{words.consent.startingHint}</Indicator>
    </Container>
  );
}
