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
import { hasActivity } from './activity';
import { Attention } from './attention-view';
import { CancelProcess } from './cancel';
import { Closed } from './closed';
import { AwaitingConsent, ChooseEcosystem, Consented, Minting } from './consent';
import { useConsole } from './console';
import { Countdown } from './countdown';
import { CustomerCard } from './customer-card';
import { Earlier } from './earlier';
import { Failure } from './failure';
import { FailureAlert } from './failure-alert';
import { FinishProcess } from './finish';
import { GrantTerms } from './grant-terms';
import { isShown, type Module, type Verification } from './model';
import { useNarrow } from './narrow';
import { isToldElsewhere, type Process } from './process';
import { type StageState, stagesOf } from './progress';
import { Record } from './record';
import { href } from './route';
import { AnothersSession, InSession, OverByTheClock } from './session';
import { Stage } from './stage';
import { SuccessorActivity } from './successor-activity';
import { Undelivered } from './undelivered';
import { useProcess } from './use-process';
import { EnterOwnCode, InternalValidation } from './validation';
import { adviceOnAct, announce, idleHint } from './verification-words';
import { useSpeech } from './words';

/** One verification. The server says which screen is due, so a reload loses nothing. */
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
          <Button href={href({ page: 'verifications', query: '' })}>{words.list.title(agent.supervisor)}</Button>
          <Button href={href({ page: 'start', module })}>{words.closed.another}</Button>
        </SpaceBetween>
      </SpaceBetween>
    </ContentLayout>
  );
}

function Shown({ process, view }: { process: Process; view: 'process' | 'app' }) {
  const { words } = useSpeech();
  const { agent } = useConsole();
  const { verification, over } = process;
  const { customer } = verification;
  const mine = verification.agent.id === agent.id;
  const open = verification.status !== 'closed' && !over;

  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={words.process.of(isShown(customer) ? `${customer.name} (${customer.email})` : customer.email)}
          actions={mine && open ? <Stop process={process} /> : undefined}
        >
          {words.modules[verification.module].title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <div>
          <Attention process={process} mine={mine} />
          <LiveRegion hidden>{over ? words.closed.outcomes.completed.title : announce(verification, mine, words)}</LiveRegion>
          <div role="status">
            <Undelivered verification={verification} />
          </div>
          <div role="status">{process.stale && <Alert type="warning">{words.process.stale}</Alert>}</div>
        </div>
        <Progress verification={verification} over={over} />
        {!mine && <Alert type="info">{words.process.notYours(verification.agent.name)}</Alert>}
        <FailedAct process={process} open={open} />
        <Grid gridDefinition={[{ colspan: { default: 12, s: 8 } }, { colspan: { default: 12, s: 4 } }]}>
          <Stage at={over ? 'over' : verification.status === 'in_session' ? `in_session/${view}` : verification.status}>
            {mine || !open ? screenOf(process, view) : <AnothersSession verification={verification} />}
            {open && <Idle verification={verification} mine={mine} />}
            {mine && open && hasActivity(verification) && <SuccessorActivity verification={verification} />}
          </Stage>
          <SpaceBetween size="l">
            <GrantTerms verification={verification} mine={mine} />
            <CustomerCard verification={verification} mine={mine} />
            <Earlier verification={verification} />
          </SpaceBetween>
        </Grid>
        <Record verification={verification} expanded={!open || !mine} />
      </SpaceBetween>
    </ContentLayout>
  );
}

/** How an agent stops: since all is done, or since something went wrong. */
function Stop({ process }: { process: Process }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <FinishProcess process={process} />
      <CancelProcess process={process} />
    </SpaceBetween>
  );
}

/** The failure of the last act, unless another place of the page shows it. */
function FailedAct({ process: { failure, verification, dismiss }, open }: { process: Process; open: boolean }) {
  const { words } = useSpeech();
  if (failure === null || isToldElsewhere(failure, verification.status, open)) return null;
  return <FailureAlert failure={failure.failure} advice={adviceOnAct(failure, words)} onDismiss={dismiss} />;
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
      return <InSession process={process} view={view} />;
    case 'closed':
      return <Closed verification={process.verification} />;
  }
}

/** When the verification closes by itself, and whose inactivity closes it. */
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

const LOOKS: Record<StageState, StepsProps.Status> = { done: 'success', now: 'in-progress', open: 'not-started', stopped: 'stopped' };

function Progress({ verification, over }: { verification: Verification; over: boolean }) {
  const { words } = useSpeech();
  const narrow = useNarrow();
  const steps = stagesOf(verification, over).map(
    ({ stage, state }): StepsProps.Step => ({
      status: LOOKS[state],
      statusIconAriaLabel: words.process.stageState[state],
      header: words.process.stages[stage],
    }),
  );
  return <Steps steps={steps} orientation={narrow ? 'vertical' : 'horizontal'} ariaLabel={words.process.progress} />;
}
