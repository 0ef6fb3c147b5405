import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { detailOf, statusOf, titleOf } from './activity';
import { useConsole } from './console';
import { chosenEcosystem } from './customer';
import { Failure } from './failure';
import { FailureAlert } from './failure-alert';
import { Indicator } from './indicator';
import type { Activity, ActivityDetail, ActivityItem, Verification } from './model';
import { useSpeech } from './words';

/** What happened to the successor. It is read only on request: each read is recorded, and their number is limited. */
export function SuccessorActivity({ verification }: { verification: Verification }) {
  const { words, dateTime, shortTime } = useSpeech();
  const { api } = useConsole();
  const [activity, setActivity] = useState<Activity | null>(null);
  const [detail, setDetail] = useState<ActivityDetail | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const attempt = async (call: () => Promise<void>) => {
    setBusy(true);
    setFailure(null);
    try {
      await call();
    } catch (error) {
      setFailure(Failure.from(error));
    } finally {
      setBusy(false);
    }
  };
  const read = () => attempt(async () => setActivity(await api.activity(verification.id, null)));
  const readOlder = (known: Activity) =>
    attempt(async () => {
      const older = await api.activity(verification.id, known.cursor);
      setActivity({ ...older, items: [...known.items, ...older.items] });
    });
  const open = (item: ActivityItem) => attempt(async () => setDetail(await api.activityDetail(verification.id, item.id)));

  return (
    <Container
      header={
        <Header
          variant="h2"
          description={words.activity.description}
          actions={
            <Button iconName={activity === null ? undefined : 'refresh'} loading={busy} loadingText={words.loading} onClick={read}>
              {activity === null ? words.activity.show : words.activity.refresh}
            </Button>
          }
        >
          {words.activity.title}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {failure && <FailureAlert failure={failure} onDismiss={() => setFailure(null)} />}
        {activity && (
          <SpaceBetween size="m">
            <KeyValuePairs
              columns={4}
              items={[
                { label: words.activity.user, value: activity.user },
                { label: words.customer.email, value: activity.email },
                { label: words.ecosystem.label, value: chosenEcosystem(verification) },
                { label: words.activity.role, value: words.ecosystem.roles[activity.role] },
              ]}
            />
            <Table
              variant="embedded"
              contentDensity="compact"
              wrapLines
              items={activity.items}
              trackBy="id"
              ariaLabels={{ tableLabel: words.activity.title }}
              empty={<Box textAlign="center">{words.activity.empty}</Box>}
              columnDefinitions={[
                { id: 'title', header: words.activity.process, cell: (item) => <Title item={item} />, isRowHeader: true },
                { id: 'status', header: words.list.status, cell: (item) => <StatusOf item={item} />, minWidth: 130 },
                { id: 'at', header: words.record.at, cell: (item) => shortTime(item.at), minWidth: 130 },
                {
                  id: 'details',
                  header: words.list.columns.details,
                  minWidth: 120,
                  cell: (item) => (
                    <Button
                      variant="inline-link"
                      ariaLabel={words.list.detailsOf(titleOf(item, words), shortTime(item.at))}
                      onClick={() => open(item)}
                    >
                      {words.list.details}
                    </Button>
                  ),
                },
              ]}
            />
            {activity.cursor !== null && (
              <Button loading={busy} loadingText={words.loading} onClick={() => readOlder(activity)}>
                {words.activity.older}
              </Button>
            )}
          </SpaceBetween>
        )}
      </SpaceBetween>
      {detail && (
        <Modal
          visible
          header={<Title item={detail} />}
          onDismiss={() => setDetail(null)}
          footer={
            <Box float="right">
              <Button variant="primary" onClick={() => setDetail(null)}>
                {words.close}
              </Button>
            </Box>
          }
        >
          <SpaceBetween size="m">
            <KeyValuePairs
              columns={2}
              items={[
                { label: words.list.status, value: <StatusOf item={detail} /> },
                { label: words.record.at, value: dateTime(detail.at) },
              ]}
            />
            <span className="reason">{detailOf(detail, verification, words) || words.none}</span>
          </SpaceBetween>
        </Modal>
      )}
    </Container>
  );
}

function Title({ item }: { item: ActivityItem }) {
  const { words } = useSpeech();
  return (
    <>
      {titleOf(item, words)} {item.kind === 'verification' && <Badge>{words.activity.step}</Badge>}
    </>
  );
}

function StatusOf({ item }: { item: ActivityItem }) {
  const { words } = useSpeech();
  const { look, text } = statusOf(item.status, words);
  return <Indicator type={look}>{text}</Indicator>;
}
