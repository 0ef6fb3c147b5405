import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import type { ReactNode } from 'react';
import { hasActivity, SuccessorActivity } from './activity';
import { CancelProcess } from './cancel';
import { Closed } from './closed';
import { AwaitingConsent, ChooseEcosystem, Consented, Minting } from './consent';
import { useConsole } from './console';
import { Countdown } from './countdown';
import { CustomerCard } from './customer';
import { Failure } from './failure';
import { FailureAlert } from './failure-alert';
import { GrantTerms } from './grant-terms';
import { isShown, type Module, type Status, type Verification } from './model';
import { useNarrow } from './narrow';
import { type Process, useProcess } from './process';
import { Record } from './record';
import { href } from './route';
import { AnothersSession, InSession, OverByTheClock } from './session';
import { Stage } from './stage';
import { EnterOwnCode, InternalValidation } from './validation';
import { useSpeech } from './words';
import type { Words } from './words/en';

/** One verification, wherever it stands: the server says which screen is due, so that a reload loses nothing. */
export function VerificationPage({ id, module, view }: { id: string; module: Module; view: 'process' | 'app' }) {
  const { words } = useSpeech();
  const { api } = useConsole();
  const found = useProcess(api, id);
  if (found === null) {
    return (
      <Box textAlign="center" padding="xxl">
        <Spinner size="large" /> <Box variant="span">{words.loading}</Box>
      </Box>
    );
  }
  if (found instanceof Failure) return <Unreadable failure={found} module={module} />;
  return <Shown process={found} view={view} />;
}

function Unreadable({ failure, module }: { failure: Failure; module: Module }) {
  const { words } = useSpeech();
  const { agent } = useConsole();
  const missing = failure.kind === 'not-found';
  return (
    <ContentLayout header={<Header variant="h1">{words.modules[module].title}</Header>}>
      <SpaceBetween size="l">
        <FailureAlert failure={failure} advice={missing ? words.process.missing : undefined} />
        <SpaceBetween direction="horizontal" size="xs">
          <Button href={href({ page: 'verifications' })}>{words.list.title(agent.supervisor)}</Button>
          <Button href={href({ page: 'start', module })}>{words.closed.another}</Button>
        </SpaceBetween>
      </SpaceBetween>
    </ContentLayout>
  );
}

function Shown({ process, view }: { process: Process; view: 'process' | 'app' }) {
  const { words } = useSpeech();
  const { agent } = useConsole();
  const { verification, over, failure } = process;
  const { customer } = verification;
  const mine = verification.agent.id === agent.id;
  const open = verification.status !== 'closed' && !over;
  const told = failure !== null && toldElsewhere(failure, verification.status, open);

  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={words.process.of(isShown(customer) ? `${customer.name} (${customer.email})` : customer.email)}
          actions={mine && open ? <CancelProcess process={process} /> : undefined}
        >
          {words.modules[verification.module].title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <div>
          <LiveRegion hidden>{over ? words.closed.outcomes.completed.title : movedTo(verification, mine, words)}</LiveRegion>
          <div role="status">{process.stale && <Alert type="warning">{words.process.stale}</Alert>}</div>
        </div>
        <Progress verification={verification} past={over ? STAGES.length : behind(verification)} />
        {!mine && <Alert type="info">{words.process.notYours(verification.agent.name)}</Alert>}
        {failure && !told && (
          <FailureAlert
            failure={failure.failure}
            advice={
              failure.act === 'enter-own' && failure.failure.kind === 'not-allowed'
                ? words.failures.validationNotAllowed
                : failure.act === 'issue' && failure.failure.kind === 'grant-refused'
                  ? words.grant.tooShort
                  : undefined
            }
            onDismiss={process.dismiss}
          />
        )}
        <Grid gridDefinition={[{ colspan: { default: 12, s: 8 } }, { colspan: { default: 12, s: 4 } }]}>
          <Stage at={over ? 'over' : verification.status === 'in_session' ? `in_session/${view}` : verification.status}>
            {mine || !open ? screenOf(process, view) : <AnothersSession verification={verification} />}
            {open && <Idle verification={verification} mine={mine} />}
            {mine && open && hasActivity(verification) && <SuccessorActivity verification={verification} />}
          </Stage>
          <SpaceBetween size="l">
            <GrantTerms verification={verification} mine={mine} />
            <CustomerCard verification={verification} mine={mine} />
          </SpaceBetween>
        </Grid>
        <Record verification={verification} expanded={!open || !mine} />
      </SpaceBetween>
    </ContentLayout>
  );
}

/** A refused code is told at its field, a failed cancel in its dialog, and a session whose beginning was lost on its own screen. */
function toldElsewhere({ act, failure }: NonNullable<Process['failure']>, status: Status, open: boolean): boolean {
  if (act === 'cancel') return open;
  return failure.kind === 'code-refused' || (act === 'issue' && status === 'in_session');
}

function movedTo({ module, status }: Verification, mine: boolean, words: Words): string {
  if (!mine) return words.process.anothersMoved[status];
  if (module === 'support-grant' && (status === 'started' || status === 'consented')) return words.grant.moved[status];
  return words.process.moved[status];
}

function screenOf(process: Process, view: 'process' | 'app'): ReactNode {
  if (process.over) return <OverByTheClock />;
  switch (process.verification.status) {
    case 'started':
      return <InternalValidation process={process} />;
    case 'agent_challenged':
      return <EnterOwnCode process={process} />;
    case 'agent_verified':
      return <ChooseEcosystem process={process} />;
    case 'awaiting_consent':
      return <AwaitingConsent process={process} />;
    case 'consented':
      return <Consented process={process} />;
    case 'minting':
      return <Minting />;
    case 'in_session':
      return <InSession verification={process.verification} view={view} />;
    case 'closed':
      return <Closed verification={process.verification} />;
  }
}

/** When the verification closes by itself, and whose act keeps it open. */
function Idle({ verification, mine }: { verification: Verification; mine: boolean }) {
  const { words } = useSpeech();
  const { config } = useConsole();
  const { status, expires_at } = verification;
  if (expires_at === null || status === 'in_session' || status === 'minting') return null;
  const hint = idleHint(verification, mine, config.consentMode === 'agent-entry', words);
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      {words.process.idle} <Countdown until={expires_at} label={words.process.idle} />, {hint}
    </Box>
  );
}

function idleHint({ status, agent }: Verification, mine: boolean, agentAlone: boolean, words: Words): string {
  const hints = words.process.idleHint;
  if (status === 'consented') return hints.start;
  if (status === 'awaiting_consent' && !agentAlone) return hints.customer;
  if (!mine) return hints.another(agent.name);
  return status === 'awaiting_consent' ? hints.entry : hints.agent;
}

const STAGES = ['lookUp', 'validation', 'consent', 'session'] as const;
/** With a support grant the customer has consented before the first of them. */
const GRANT_STAGES = ['credentials', 'validation', 'session'] as const;

/** How many of the `STAGES` lie behind. */
const BEHIND: { [status in Exclude<Status, 'closed'>]: number } = {
  started: 1,
  agent_challenged: 1,
  agent_verified: 2,
  awaiting_consent: 2,
  consented: 3,
  minting: 3,
  in_session: 3,
};

function behind({ status, steps }: Verification): number {
  if (status !== 'closed') return BEHIND[status];
  const did = (action: string) => steps.some((step) => step.action === action);
  return did('session-started') ? 4 : did('consented') ? 3 : did('agent-verified') ? 2 : 1;
}

/** `past`: how many of the `STAGES` lie behind. */
function Progress({ verification, past }: { verification: Verification; past: number }) {
  const { words } = useSpeech();
  const narrow = useNarrow();
  const stages = verification.module === 'support-grant' ? GRANT_STAGES : STAGES;
  const skipped = STAGES.length - stages.length;
  const done = past > 2 ? past - skipped : past;
  const closed = verification.status === 'closed';
  const steps = stages.map((stage, index): StepsProps.Step => {
    const [status, label]: [StepsProps.Status, string] =
      index < done
        ? ['success', words.process.stageState.done]
        : closed
          ? ['stopped', words.process.stageState.stopped]
          : index === done
            ? ['in-progress', words.process.stageState.now]
            : ['not-started', words.process.stageState.open];
    return { status, statusIconAriaLabel: label, header: words.process.stages[stage] };
  });
  return <Steps steps={steps} orientation={narrow ? 'vertical' : 'horizontal'} ariaLabel={words.process.progress} />;
}
