import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Countdown } from './countdown';
import type { GrantSession } from './model';
import { useSpeech } from './words';

/** A session that is running under the grant: who is where and for how long, and the one press that ends it. */
export function RunningSession({ session, busy, onEnd }: { session: GrantSession; busy: boolean; onEnd: () => void }) {
  const { words } = useSpeech();
  const text = words.remote.session;
  const environments = session.environments.map((name) => words.environments[name]).join(', ');
  return (
    <Container header={<Header variant="h2">{text.title(session.agent.name)}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={2}
          items={[
            { label: text.left, value: <Countdown until={session.expires_at} label={text.left} /> },
            { label: text.environments, value: `${session.ecosystem.name}: ${environments}` },
            { label: words.access.label, value: words.access.is[session.access] },
          ]}
        />
        <Button variant="primary" loading={busy} loadingText={words.loading} onClick={onEnd}>
          {text.end}
        </Button>
        <Box color="text-body-secondary">{text.explain}</Box>
      </SpaceBetween>
    </Container>
  );
}
