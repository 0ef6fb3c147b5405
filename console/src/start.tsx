import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type SubmitEvent, useEffect, useState } from 'react';
import { addressIn } from './address';
import { adviceOnStart } from './advice';
import { beginning, begun, rememberLookUp } from './again';
import { useConsole } from './console';
import { Failure, refusedFields } from './failure';
import { FailureAlert } from './failure-alert';
import { focusFault } from './keyboard';
import type { LookUpModule } from './model';
import { go } from './route';
import { isTicket, visible } from './typed';
import { useWait } from './use-clock';
import { useSpeech } from './words';

/** The look-up that starts a verification. */
export function StartPage({ module }: { module: LookUpModule }) {
  const { words } = useSpeech();
  const { api, agent } = useConsole();
  const [email, setEmail] = useState(() => beginning().email);
  const [ticket, setTicket] = useState(() => beginning().ticket);
  useEffect(begun, []);
  const [wrong, setWrong] = useState<{ email?: boolean; ticket?: boolean }>({});
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const wait = useWait(failure?.retryAt ?? null);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const address = addressIn(email);
    const number = visible(ticket);
    const found = { email: address === null, ticket: !isTicket(number) };
    setWrong(found);
    setFailure(null);
    if (found.email || found.ticket) focusFault(form);
    if (address === null || found.ticket || busy) return;
    setBusy(true);
    try {
      const named = number === '' ? {} : { ticket: number };
      const { id } = await api.start({ email: address, module, ...named });
      rememberLookUp(id, { email, ticket });
      go({ page: 'verification', module, id, view: 'process' });
    } catch (error) {
      const happened = Failure.from(error);
      const fields = refusedFields(happened);
      setWrong({ email: fields.includes('email'), ticket: fields.includes('ticket') });
      focusFault(form);
      setFailure(happened);
      setBusy(false);
    }
  };

  return (
    <ContentLayout
      header={
        <Header variant="h1" description={words.modules[module].description}>
          {words.modules[module].title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {failure && (
          <FailureAlert
            failure={failure}
            advice={failure.kind === 'not-allowed' ? words.failures.startNotAllowed : adviceOnStart(failure, agent.supervisor, words)}
          />
        )}
        <form onSubmit={submit} noValidate>
          <Form
            actions={
              <Button variant="primary" loading={busy} loadingText={words.loading} disabled={wait > 0}>
                {words.lookUp.button}
              </Button>
            }
          >
            <Container>
              <SpaceBetween size="l">
                <FormField
                  label={words.lookUp.email}
                  description={words.lookUp.emailHint}
                  errorText={wrong.email ? words.lookUp.emailWrong : undefined}
                >
                  <Input
                    value={email}
                    onChange={({ detail }) => setEmail(detail.value)}
                    type="email"
                    name="user-email"
                    autoComplete={false}
                    spellcheck={false}
                    autoFocus
                    ariaRequired
                  />
                </FormField>
                <FormField
                  label={
                    <>
                      {words.lookUp.ticket} <i>{words.lookUp.optional}</i>
                    </>
                  }
                  description={words.lookUp.ticketHint}
                  errorText={wrong.ticket ? words.lookUp.ticketWrong : undefined}
                >
                  <Input value={ticket} onChange={({ detail }) => setTicket(detail.value)} name="ticket" autoComplete={false} />
                </FormField>
              </SpaceBetween>
            </Container>
          </Form>
        </form>
      </SpaceBetween>
    </ContentLayout>
  );
}
