import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ClipboardEvent, type SubmitEvent, useState } from 'react';
import { adviceOnStart } from './advice';
import { useConsole } from './console';
import { type Credentials, fromText, NO_CREDENTIALS, tidied, wrongFields } from './credentials';
import { Failure, refusedFields } from './failure';
import { FailureAlert } from './failure-alert';
import { focusFault } from './keyboard';
import { go, href } from './route';
import { asCode } from './typed';
import { useWait } from './use-clock';
import { useSpeech } from './words';

/** The form that starts a verification with a customer's credentials. They are kept only in the memory of this form. */
export function RedeemPage() {
  const { words } = useSpeech();
  const { api, agent } = useConsole();
  const [typed, setTyped] = useState(NO_CREDENTIALS);
  const [wrong, setWrong] = useState<string[]>([]);
  const [pasted, setPasted] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const wait = useWait(failure?.retryAt ?? null);

  const change = (part: Partial<Credentials>) => {
    setPasted(false);
    setTyped({ ...typed, ...part });
  };
  const paste = (event: ClipboardEvent) => {
    const found = fromText(event.clipboardData.getData('text'));
    if (found === null) return;
    event.preventDefault();
    setTyped(found);
    setWrong([]);
    setPasted(true);
  };
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = tidied(typed);
    const found = wrongFields(given);
    setWrong(found);
    setFailure(null);
    if (found.length > 0) focusFault(form);
    if (found.length > 0 || busy) return;
    setBusy(true);
    try {
      const { id, module } = await api.redeem(given);
      setTyped(NO_CREDENTIALS);
      // Internal Validation is the only thing to do next. If the code cannot be sent, its screen has the button.
      await api.send(id, { to: 'agent' }).catch(() => undefined);
      go({ page: 'verification', module, id, view: 'process' });
    } catch (error) {
      const happened = Failure.from(error);
      setWrong(refusedFields(happened));
      focusFault(form);
      setFailure(happened);
      setBusy(false);
    }
  };

  const { title, description } = words.modules['support-grant'];
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={description}>
          {title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {failure && (
          <FailureAlert
            failure={failure}
            advice={failure.kind === 'wrong-step' ? words.redeem.open : adviceOnStart(failure, agent.supervisor, words)}
          />
        )}
        {failure?.kind === 'wrong-step' && (
          <Button href={href({ page: 'verifications', query: '' })}>{words.list.title(agent.supervisor)}</Button>
        )}
        <form onSubmit={submit} onPaste={paste} noValidate autoComplete="off">
          <Form
            actions={
              <Button variant="primary" loading={busy} loadingText={words.loading} disabled={wait > 0}>
                {words.redeem.button}
              </Button>
            }
          >
            <Container>
              <SpaceBetween size="l">
                <FormField
                  label={words.redeem.userName}
                  description={words.redeem.pasteHint}
                  errorText={wrong.includes('user_name') ? words.redeem.userNameWrong : undefined}
                >
                  <Input
                    value={typed.user_name}
                    onChange={({ detail }) => change({ user_name: detail.value })}
                    name="grant-user-name"
                    autoComplete={false}
                    spellcheck={false}
                    autoFocus
                    ariaRequired
                  />
                </FormField>
                <FormField label={words.redeem.password} errorText={wrong.includes('password') ? words.redeem.passwordWrong : undefined}>
                  {/* Not a password field: browsers would offer to keep it. */}
                  <Input
                    value={typed.password}
                    onChange={({ detail }) => change({ password: detail.value })}
                    name="grant-password"
                    autoComplete={false}
                    spellcheck={false}
                    ariaRequired
                  />
                </FormField>
                <FormField
                  label={words.redeem.code}
                  constraintText={words.code.format}
                  errorText={wrong.includes('security_code') ? words.code.wrongFormat : undefined}
                >
                  <Input
                    value={typed.security_code}
                    onChange={({ detail }) => change({ security_code: asCode(detail.value) })}
                    name="grant-code"
                    inputMode="numeric"
                    autoComplete={false}
                    ariaRequired
                  />
                </FormField>
                <LiveRegion hidden>{pasted ? words.redeem.pasted : ''}</LiveRegion>
              </SpaceBetween>
            </Container>
          </Form>
        </form>
      </SpaceBetween>
    </ContentLayout>
  );
}
