import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Account, Person } from './account';
import { CognitoFailure, type CognitoRefusal, type NewPasswordAsked } from './cognito';
import { fault, NewPassword, NOTHING_TYPED } from './new-password';
import { useSpeech } from './words';
import type { Words } from './words/en';

interface Place {
  account: Pick<Account<Person>, 'signIn' | 'chooseFirstPassword' | 'ended'>;
  /** What this page says in its own words to the users that it is for. */
  own: Pick<Words['signIn'], 'description' | 'refusals'>;
  /** What helps whoever forgot his password, if this page has something. */
  forgot?: ReactNode;
}

export function SignInPage(place: Place) {
  const [asked, setAsked] = useState<NewPasswordAsked | null>(null);
  return (
    <div className="narrow">
      {asked === null ? (
        <Credentials {...place} onAsked={setAsked} />
      ) : (
        <FirstPassword {...place} asked={asked} onTooLate={() => setAsked(null)} />
      )}
    </div>
  );
}

function Refused({ refusal, own }: { refusal: CognitoRefusal; own: Place['own'] }) {
  const { title, next } = own.refusals[refusal];
  return (
    <div role="alert">
      <Alert type="error" header={title}>
        {next}
      </Alert>
    </div>
  );
}

function refusalOf(error: unknown): CognitoRefusal {
  return error instanceof CognitoFailure ? error.refusal : 'unexpected';
}

function Credentials({ account, own, forgot, onAsked }: Place & { onAsked: (asked: NewPasswordAsked) => void }) {
  const { words } = useSpeech();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<CognitoRefusal | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const incomplete = email.trim() === '' || password === '';
    setMissing(incomplete);
    if (incomplete || busy) return;
    setBusy(true);
    setRefusal(null);
    try {
      const asked = await account.signIn(email.trim(), password);
      if (asked) onAsked(asked);
    } catch (error) {
      setRefusal(refusalOf(error));
      setBusy(false);
    }
  };

  return (
    <form onSubmit={submit} noValidate>
      <Form
        actions={
          <Button variant="primary" loading={busy} loadingText={words.loading}>
            {words.signIn.button}
          </Button>
        }
      >
        <Container header={<Header variant="h1" description={own.description}>{words.signIn.title}</Header>}>
          <SpaceBetween size="l">
            {account.ended && refusal === null && <Alert type="info">{words.signIn.ended}</Alert>}
            {refusal !== null && <Refused refusal={refusal} own={own} />}
            <FormField label={words.signIn.email}>
              <Input
                value={email}
                onChange={({ detail }) => setEmail(detail.value)}
                type="email"
                name="username"
                autoComplete="username"
                spellcheck={false}
                autoFocus
                ariaRequired
              />
            </FormField>
            <FormField label={words.signIn.password} errorText={missing ? words.signIn.needed : undefined}>
              <Input
                value={password}
                onChange={({ detail }) => setPassword(detail.value)}
                type="password"
                name="password"
                autoComplete="current-password"
                ariaRequired
              />
            </FormField>
            {forgot}
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}

function FirstPassword({ account, own, asked, onTooLate }: Place & { asked: NewPasswordAsked; onTooLate: () => void }) {
  const { words } = useSpeech();
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<CognitoRefusal | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (fault(typed) !== null || busy) return;
    setBusy(true);
    setRefusal(null);
    try {
      await account.chooseFirstPassword(asked, typed.password);
    } catch (error) {
      setRefusal(refusalOf(error));
      setBusy(false);
    }
  };

  return (
    <form onSubmit={submit} noValidate>
      <Form
        actions={
          refusal === 'too-late' ? (
            <Button variant="primary" formAction="none" onClick={onTooLate}>
              {words.signIn.title}
            </Button>
          ) : (
            <Button variant="primary" loading={busy} loadingText={words.loading}>
              {words.signIn.firstPassword.button}
            </Button>
          )
        }
      >
        <Container header={<Header variant="h1" description={words.signIn.firstPassword.description}>{words.signIn.firstPassword.title}</Header>}>
          <SpaceBetween size="l">
            {refusal !== null && <Refused refusal={refusal} own={own} />}
            <NewPassword typed={typed} onChange={setTyped} tried={tried} autoFocus />
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}
