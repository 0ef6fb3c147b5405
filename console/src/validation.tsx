import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { CodeEntry, Resend } from './code-entry';
import { useConsole } from './console';
import type { Process } from './process';
import { SentAgain } from './sent-again';
import { useWait } from './use-clock';
import { useSpeech } from './words';

/** Internal Validation, before a code is sent to the agent. */
export function InternalValidation({ process }: { process: Process }) {
  const { words } = useSpeech();
  const { api } = useConsole();
  const { id, agent } = process.verification;
  const wait = useWait(process.failure?.failure.retryAt ?? null);
  return (
    <Container
      header={
        <Header variant="h2" description={words.validation.explain}>
          {words.validation.title}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <span>{words.validation.send(agent.email)}</span>
        <Button
          variant="primary"
          loading={process.busy === 'challenge'}
          loadingText={words.loading}
          disabled={wait > 0}
          onClick={() => process.act('challenge', () => api.send(id, { to: 'agent' }))}
        >
          {words.validation.button}
        </Button>
      </SpaceBetween>
    </Container>
  );
}

/** Internal Validation, after a code was sent to the agent. */
export function EnterOwnCode({ process }: { process: Process }) {
  const { words } = useSpeech();
  const { api } = useConsole();
  const { id, code } = process.verification;
  const wait = useWait(process.failure?.failure.retryAt ?? null);
  if (!code) return null;
  return (
    <Container
      header={
        <Header variant="h2" description={words.validation.explain}>
          {words.validation.title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <span>{words.validation.sent(code.sent_to)}</span>
        <SentAgain code={code} number={null} />
        <CodeEntry
          key={code.resend_at}
          code={code}
          label={words.validation.field}
          button={words.validation.enter}
          entering={process.busy === 'enter-own'}
          disabled={process.busy !== null}
          refused={process.failure?.failure.kind === 'code-refused' ? process.failure.failure : null}
          onEnter={(entered) => process.act('enter-own', () => api.enter(id, { from: 'agent', code: entered }))}
        />
        <SpaceBetween size="xs">
          <Resend
            code={code}
            sending={process.busy === 'challenge'}
            waiting={wait > 0}
            onResend={() => process.act('challenge', () => api.send(id, { to: 'agent' }))}
          />
          <Box color="text-body-secondary" fontSize="body-s">
            {words.code.resendHint}
          </Box>
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}
