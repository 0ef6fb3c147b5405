import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ClipboardEvent, type FormEvent, useState } from 'react';
import { useWait } from './clock';
import { useConsole } from './console';
import { type Credentials, fromText } from './credentials';
import { Failure } from './failure';
import { adviceOnStart, FailureAlert } from './failure-alert';
import { go, href } from './route';
import { useSpeech } from './words';

const NOTHING: Credentials = { user_name: '', password: '', security_code: '' };
const LONGEST = 64;

type Wrong = { [field in keyof Credentials]?: boolean };

/** The form that starts a verification with a customer's credentials. They are in this form's memory and nowhere else. */
export function RedeemPage() {
  const { words } = useSpeech();
  const { api, agent } = useConsole();
  const [typed, setTyped] = useState(NOTHING);
  const [wrong, setWrong] = useState<Wrong>({});
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
    setWrong({});
    setPasted(true);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const given: Credentials = {
      user_name: typed.user_name.trim(),
      password: typed.password.trim(),
      security_code: typed.security_code.replace(/[\s-]/g, ''),
    };
    const found: Wrong = {
      user_name: given.user_name === '' || given.user_name.length > LONGEST,
      password: given.password === '' || given.password.length > LONGEST,
      security_code: !/^\d{6}$/.test(given.security_code),
    };
    setWrong(found);
    setFailure(null);
    if (found.user_name || found.password || found.security_code || busy) return;
    setBusy(true);
    try {
      const { id, module } = await api.redeem(given);
      setTyped(NOTHING);
      go({ page: 'verification', module, id, view: 'process' });
    } catch (error) {
      const happened = Failure.from(error);
      const fields = happened.problem?.type === '/problems/invalid-request' ? happened.problem.errors.map(({ field }) => field) : [];
      setWrong(Object.fromEntries(fields.map((field) => [field, true])));
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
            advice={failure.kind === 'wrong-step' ? words.redeem.open : adviceOnStart(failure, agent, words)}
          />
        )}
        {failure?.kind === 'wrong-step' && <Button href={href({ page: 'verifications' })}>{words.list.title(agent.supervisor)}</Button>}
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
                  errorText={wrong.user_name ? words.redeem.userNameWrong : undefined}
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
                <FormField label={words.redeem.password} errorText={wrong.password ? words.redeem.passwordWrong : undefined}>
                  {/* Not of the type for passwords, which browsers offer to keep. */}
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
                  errorText={wrong.security_code ? words.code.wrongFormat : undefined}
                >
                  <Input
                    value={typed.security_code}
                    onChange={({ detail }) => change({ security_code: detail.value })}
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
