import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { ecosystemName } from './consent';
import { useConsole } from './console';
import { Failure } from './failure';
import { FailureAlert } from './failure-alert';
import { Indicator } from './indicator';
import type { Activity, ActivityDetail, ActivityItem, Status, Step, Verification } from './model';
import { worded } from './step-detail';
import { useSpeech } from './words';
import type { Words } from './words/en';

const WITH_ACTIVITY: Status[] = ['consented', 'minting', 'in_session'];

/** From his consent on, a successor's processes can be read. */
export function hasActivity({ module, status }: Verification): boolean {
  return module === 'ecosystem-admin' && WITH_ACTIVITY.includes(status);
}

/** What happened to the successor. Read when asked for and not before: each reading is on the record, and they are counted. */
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
                { label: words.ecosystem.label, value: ecosystemName(verification) },
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
                { id: 'status', header: words.list.status, cell: (item) => <Standing item={item} />, minWidth: 130 },
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
                { label: words.list.status, value: <Standing item={detail} /> },
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

/** A step is named by its action; a process by the directory's own words. */
function titleOf({ kind, title }: ActivityItem, words: Words): string {
  return (kind === 'verification' && named(words.record.actions, title)) || title;
}

function detailOf({ kind, title, detail }: ActivityDetail, verification: Verification, words: Words): string {
  const step = { action: title as Step['action'], detail };
  return (kind === 'verification' && detail !== '' && worded(step, verification, words)) || detail;
}

function Title({ item }: { item: ActivityItem }) {
  const { words } = useSpeech();
  return (
    <>
      {titleOf(item, words)} {item.kind === 'verification' && <Badge>{words.activity.step}</Badge>}
    </>
  );
}

const LOOKS: { [status: string]: StatusIndicatorProps.Type } = {
  waiting: 'pending',
  'in-progress': 'in-progress',
  done: 'success',
  rejected: 'error',
};

function Standing({ item: { status } }: { item: ActivityItem }) {
  const { words } = useSpeech();
  return <Indicator type={named(LOOKS, status) ?? 'info'}>{named(words.activity.statuses, status) ?? status}</Indicator>;
}

/** What is known by this name, which may be any: `constructor`, say. */
function named<T>(known: { [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(known, name) ? known[name] : undefined;
}
