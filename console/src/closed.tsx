import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { againFor, lookUpOf } from './again';
import { useConsole } from './console';
import { chosenEcosystem } from './customer';
import { endOfGrant } from './grant';
import { Indicator } from './indicator';
import type { Verification } from './model';
import { OUTCOME_LOOKS } from './outcome-looks';
import { noticeOfEnd } from './process';
import { href } from './route';
import { useSpeech } from './words';

/** How the verification ended, and what the agent can do now. */
export function Closed({ verification }: { verification: Verification }) {
  const { words, dateTime } = useSpeech();
  const { agent } = useConsole();
  const { outcome, reason, note } = verification;
  if (outcome === null) return null;
  const grantEnded = outcome === 'ended' || outcome === 'denied' ? endOfGrant(verification) : null;
  const { title, next } = grantEnded === null ? words.closed.outcomes[outcome] : words.closed.byGrant[grantEnded.how];
  const mine = verification.agent.id === agent.id;
  const byAnother = mine ? undefined : words.closed.byAnother[outcome]?.(verification.agent.name);
  const notice = noticeOfEnd(verification);
  const again = lookUpOf(verification.id);
  return (
    <Container
      header={
        <Header variant="h2" description={next}>
          {byAnother ?? title}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={2}
          items={[
            {
              label: words.list.status,
              value: <Indicator type={OUTCOME_LOOKS[outcome]}>{words.list.outcomes[outcome]}</Indicator>,
            },
            ...(verification.ecosystem === null ? [] : [{ label: words.ecosystem.label, value: chosenEcosystem(verification) }]),
            ...(notice === null ? [] : [{ label: words.closed.notice.label, value: <Told notice={notice} at={dateTime} /> }]),
            ...(reason === null ? [] : [{ label: words.closed.reason, value: <span className="reason">{reason}</span> }]),
            ...(note === undefined ? [] : [{ label: words.cancel.note, value: <span className="reason">{note}</span> }]),
          ]}
        />
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="primary" href={href({ page: 'start', module: verification.module })}>
            {words.closed.another}
          </Button>
          {again !== null && verification.module !== 'support-grant' && (
            <Button href={href({ page: 'start', module: verification.module })} onFollow={() => againFor(again)}>
              {words.closed.again}
            </Button>
          )}
          <Button href={href({ page: 'verifications', query: '' })}>{words.list.title(agent.supervisor)}</Button>
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}

/** Says that the customer was told only once they were. */
function Told({ notice, at }: { notice: NonNullable<ReturnType<typeof noticeOfEnd>>; at: (time: string) => string }) {
  const { words } = useSpeech();
  const text = words.closed.notice;
  return (
    <div role="status">
      {notice.told === null ? (
        <Indicator type={notice.failed ? 'warning' : 'pending'}>{notice.failed ? text.failed : text.due}</Indicator>
      ) : (
        <Indicator type="success">{text.told(at(notice.told))}</Indicator>
      )}
    </div>
  );
}
