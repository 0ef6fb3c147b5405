import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useState } from 'react';
import { serverNow } from '../../pages/consent/server-clock.js';
import { Countdown } from './countdown';
import { chosenEcosystem, nameOf } from './customer';
import { keptHandoffs, wasOpened } from './handoffs';
import { Indicator } from './indicator';
import type { Environment, Handoff, LinkHandoff, Verification } from './model';
import type { Process } from './process';
import { href } from './route';
import { useIsPast, useWait } from './use-clock';
import { useSpeech } from './words';

/** For how long a link rests after it was followed. */
const REST_MILLISECONDS = 15_000;

/** How long the session lasts, in seconds, as the record says. */
function secondsOf({ session, steps }: Verification): number | undefined {
  const started = steps.find(({ action }) => action === 'session-started');
  return session === null || started === undefined
    ? undefined
    : Math.ceil((Date.parse(session.expires_at) - Date.parse(started.at)) / 1000);
}

/** The open session: a button for each environment that has a handoff, and the time left. */
export function InSession({ process, view }: { process: Process; view: 'process' | 'app' }) {
  const { words } = useSpeech();
  const { verification, lookSoon } = process;
  const { id, session, customer } = verification;
  /** When each link was followed, in milliseconds of the server's clock. */
  const [followed, setFollowed] = useState<Partial<Record<Environment, number>>>({});
  const handoffs = keptHandoffs(id);
  if (!session) return null;
  const app = handoffs?.find((handoff) => 'qr_svg' in handoff);
  const opened = (environment: Environment) => wasOpened(verification, environment);
  const follow = (environment: Environment) => {
    setFollowed((before) => ({ ...before, [environment]: serverNow() }));
    lookSoon();
  };
  return (
    <Container
      header={
        <Header variant="h2" description={words.session.open(nameOf(customer), chosenEcosystem(verification))}>
          {view === 'app' && app ? words.session.qrTitle : words.session.title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <div>
          <Box variant="awsui-key-label">{words.session.left}</Box>
          <Countdown until={session.expires_at} most={secondsOf(verification)} label={words.session.left} large />
          <Box color="text-body-secondary" fontSize="body-s">
            {words.session.leftHint}
          </Box>
          <OneMinute until={session.expires_at} />
        </div>
        {handoffs === null ? (
          <Alert type="warning" header={words.session.lost.title}>
            {words.session.lost.next}
          </Alert>
        ) : view === 'app' && app ? (
          <AppCode verification={verification} svg={app.qr_svg} opened={opened('app')} />
        ) : (
          <Environments verification={verification} handoffs={handoffs} opened={opened} followed={followed} onFollow={follow} />
        )}
      </SpaceBetween>
    </Container>
  );
}

/** Another agent's open session, and the time left. */
export function AnothersSession({ verification }: { verification: Verification }) {
  const { words } = useSpeech();
  const { session, agent, customer } = verification;
  if (!session) return null;
  return (
    <Container
      header={
        <Header variant="h2" description={words.session.openBy(agent.name, nameOf(customer), chosenEcosystem(verification))}>
          {words.session.title}
        </Header>
      }
    >
      <Box variant="awsui-key-label">{words.session.left}</Box>
      <Countdown until={session.expires_at} most={secondsOf(verification)} label={words.session.left} large />
    </Container>
  );
}

/** Announces once, for screen readers, that the last minute has begun. */
function OneMinute({ until }: { until: string }) {
  const { words } = useSpeech();
  const from = new Date(Date.parse(until) - 60_000).toISOString();
  const begun = useIsPast(from);
  return <LiveRegion hidden>{begun && serverNow() < Date.parse(until) ? words.session.oneMinute : ''}</LiveRegion>;
}

/** The session's time is up, and the server has not said yet how it ended. */
export function OverByTheClock() {
  const { words } = useSpeech();
  return (
    <Container header={<Header variant="h2">{words.closed.outcomes.completed.title}</Header>}>
      <Indicator type="pending">{words.session.over}</Indicator>
    </Container>
  );
}

interface EnvironmentsProps {
  verification: Verification;
  handoffs: Handoff[];
  opened: (environment: Environment) => boolean;
  followed: Partial<Record<Environment, number>>;
  onFollow: (environment: Environment) => void;
}

function Environments({ verification: { id, module }, handoffs, opened, followed, onFollow }: EnvironmentsProps) {
  const { words } = useSpeech();
  return (
    <SpaceBetween size="s">
      <Header variant="h3" description={words.session.once}>
        {words.session.environments}
      </Header>
      <ColumnLayout columns={handoffs.length} minColumnWidth={170}>
        {handoffs.map((handoff) => {
          const { environment, landing } = handoff;
          if ('sent_to' in handoff) return <Emailed key={environment} to={handoff.sent_to} opened={opened('app')} />;
          return (
            <SpaceBetween size="xs" key={environment}>
              {opened(environment) ? (
                <Box textAlign="center" fontWeight="bold">
                  {words.environments[environment]}
                </Box>
              ) : environment === 'app' ? (
                <Button variant="primary" fullWidth href={href({ page: 'verification', module, id, view: 'app' })} iconName="grid-view">
                  {words.environments.app}
                </Button>
              ) : (
                <Link handoff={handoff} followedAt={followed[environment] ?? null} onFollow={() => onFollow(environment)} />
              )}
              {!opened(environment) && (
                <Box color="text-body-secondary" fontSize="body-s" textAlign="center">
                  {environment === 'app' ? words.session.app : words.session.landings[landing]}
                </Box>
              )}
              <Opened>{opened(environment) && words.session.opened}</Opened>
            </SpaceBetween>
          );
        })}
      </ColumnLayout>
    </SpaceBetween>
  );
}

/** Opens an environment. A handoff is good for one opening: until the record says whether it was used, the link rests. */
function Link({ handoff, followedAt, onFollow }: { handoff: LinkHandoff; followedAt: number | null; onFollow: () => void }) {
  const { words } = useSpeech();
  const rest = useWait(followedAt === null ? null : followedAt + REST_MILLISECONDS);
  const name = words.environments[handoff.environment];
  if (rest > 0) {
    return (
      <Button variant="primary" fullWidth disabled disabledReason={words.session.opening} ariaLabel={`${name}: ${words.session.opening}`}>
        {name}
      </Button>
    );
  }
  return (
    <>
      <Button variant="primary" fullWidth href={handoff.url} target="_blank" rel="noopener noreferrer" external onFollow={onFollow}>
        {name}
      </Button>
      {followedAt !== null && (
        <Box color="text-status-warning" fontSize="body-s" textAlign="center">
          {words.session.notOpened}
        </Box>
      )}
    </>
  );
}

/** Announces that an environment was opened. */
function Opened({ children }: { children: ReactNode }) {
  return (
    <Box textAlign="center">
      <div role="status">{children && <Indicator type="success">{children}</Indicator>}</div>
    </Box>
  );
}

/** The App's handoff of a successor. It is sent to them, and not shown to the agent. */
function Emailed({ to, opened }: { to: string | null; opened: boolean }) {
  const { words } = useSpeech();
  return (
    <SpaceBetween size="xs">
      <Box textAlign="center" fontWeight="bold">
        {words.environments.app}
      </Box>
      <Box textAlign="center">
        <Indicator type={to === null ? 'warning' : 'success'}>
          {to === null ? words.session.notEmailed : words.session.emailed(to)}
        </Indicator>
      </Box>
      <Opened>{opened && words.session.opened}</Opened>
    </SpaceBetween>
  );
}

/** The App's handoff for a phone, as an image, since the drawing comes from the server. */
function AppCode({ verification: { id, module }, svg, opened }: { verification: Verification; svg: string; opened: boolean }) {
  const { words } = useSpeech();
  return (
    <SpaceBetween size="m">
      <Box textAlign="center">
        {!opened && (
          <>
            <img className="qr" src={`data:image/svg+xml,${encodeURIComponent(svg)}`} alt={words.session.qrAlt} />
            <Box color="text-body-secondary">{words.session.qrHint}</Box>
          </>
        )}
      </Box>
      <Opened>{opened && words.session.appOpened}</Opened>
      <Button href={href({ page: 'verification', module, id, view: 'process' })} iconName="arrow-left">
        {words.session.back}
      </Button>
    </SpaceBetween>
  );
}
