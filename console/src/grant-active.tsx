import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Countdown } from './countdown';
import { ecosystemToName, type GrantAct, hiddenOf } from './grant';
import type { SupportGrant, SupportGrantOptions } from './model';
import { useWait } from './use-clock';
import { useSpeech } from './words';

interface Props {
  grant: SupportGrant;
  options: SupportGrantOptions | null;
  busy: GrantAct | null;
  /** When the customer may try again after the last refusal, in milliseconds of the server's clock. */
  retryAt: number | null;
  onRegenerate: () => Promise<void>;
  onRevoke: () => Promise<void>;
  onSignOut: () => void;
}

/** An active grant. Its credentials can no longer be shown. */
export function ActiveGrant({ grant, options, busy, retryAt, onRegenerate, onRevoke, onSignOut }: Props) {
  const { words, dateTime } = useSpeech();
  const [asking, setAsking] = useState<'revoke' | 'regenerate' | null>(null);
  const wait = useWait(retryAt);
  const text = words.remote.active;
  const ecosystem = ecosystemToName(grant, options);
  const confirmed = async (act: () => Promise<void>) => {
    await act();
    setAsking(null);
  };
  return (
    <Container header={<Header variant="h2">{text.title}</Header>}>
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={2}
          items={[
            { label: text.expires, value: <Countdown until={grant.expires_at} label={text.expires} /> },
            { label: text.at, value: dateTime(grant.expires_at) },
            ...(ecosystem === null ? [] : [{ label: words.remote.form.ecosystem, value: ecosystem }]),
            { label: words.access.label, value: words.access.is[grant.access] },
            { label: text.hidden, value: hiddenOf(grant.visibility, words) },
            { label: text.usedBy, value: grant.redeemed_by?.name ?? text.nobody },
          ]}
        />
        <Box color="text-body-secondary">{text.gone}</Box>
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => setAsking('revoke')}>{text.revoke}</Button>
          <Button disabled={wait > 0} onClick={() => setAsking('regenerate')}>
            {text.regenerate}
          </Button>
          <Button variant="link" onClick={onSignOut}>
            {words.navigation.signOut}
          </Button>
        </SpaceBetween>
      </SpaceBetween>
      {asking === 'revoke' && (
        <Confirmation
          {...words.remote.revoking}
          button={text.revoke}
          busy={busy === 'revoke'}
          onConfirm={() => confirmed(onRevoke)}
          onDismiss={() => setAsking(null)}
        />
      )}
      {asking === 'regenerate' && (
        <Confirmation
          {...words.remote.regenerating}
          button={text.regenerate}
          busy={busy === 'regenerate'}
          onConfirm={() => confirmed(onRegenerate)}
          onDismiss={() => setAsking(null)}
        />
      )}
    </Container>
  );
}

interface ConfirmationProps {
  title: string;
  explain: string;
  button: string;
  busy: boolean;
  onConfirm: () => void;
  onDismiss: () => void;
}

function Confirmation({ title, explain, button, busy, onConfirm, onDismiss }: ConfirmationProps) {
  const { words } = useSpeech();
  return (
    <Modal
      visible
      header={title}
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              {words.remote.back}
            </Button>
            <Button variant="primary" loading={busy} loadingText={words.loading} onClick={onConfirm}>
              {button}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {explain}
    </Modal>
  );
}
