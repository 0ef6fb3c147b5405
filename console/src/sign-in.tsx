import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, type ReactNode, type SubmitEvent, Suspense, useRef, useState } from 'react';
import { codeIn } from '../../pages/consent/code.js';
import type { Account, Person } from './account';
import { addressIn } from './address';
import type { Challenge, Factor } from './cognito';
import { type CognitoRefusal, refusalOf } from './cognito-refusal';
import { focusFault } from './keyboard';
import { NewPassword } from './new-password';
import { faultOf, NOTHING_TYPED } from './password';
import { asCode, visible } from './typed';
import { useBack } from './use-back';
import { useSpeech } from './words';
import type { Words } from './words/en';

/** Drawing a QR code takes a library, which few sign-ins need. */
const AuthenticatorKey = lazy(async () => ({ default: (await import('./authenticator-key')).AuthenticatorKey }));

interface Place {
  account: Pick<Account<Person>, 'signIn' | 'answer' | 'ended'>;
  /** The words of this page for the people whom it is for. */
  own: Pick<Words['signIn'], 'description' | 'refusals'>;
  /** The name that an authenticator app shows beside its codes. */
  product: string;
  /** Help for people who forgot their password, if this page has any. */
  forgot?: ReactNode;
}

export function SignInPage(place: Place) {
  const [asked, setAsked] = useState<Challenge | null>(null);
  const step = { account: place.account, own: place.own, product: place.product, onAsked: setAsked };
  return (
    <div className="narrow">
      {asked === null ? (
        <Credentials {...place} onAsked={setAsked} />
      ) : asked.asks === 'new-password' ? (
        <FirstPassword key={asked.session} {...step} asked={asked} />
      ) : (
        <SecondFactor key={asked.session} {...step} asked={asked} />
      )}
    </div>
  );
}

function Refused({ refusal, own }: { refusal: CognitoRefusal; own: Place['own'] }) {
  const { title, next } = own.refusals[refusal];
  const connected = useBack(refusal);
  if (refusal === 'offline' && connected) return null;
  return (
    <div role="alert">
      <Alert type="error" header={title}>
        {next}
      </Alert>
    </div>
  );
}

function Credentials({ account, own, forgot, onAsked }: Place & { onAsked: (asked: Challenge) => void }) {
  const { words } = useSpeech();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [wrong, setWrong] = useState({ email: false, missing: false });
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<CognitoRefusal | null>(null);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const address = addressIn(email);
    focusFault(event.currentTarget);
    setWrong({ email: visible(email) !== '' && address === null, missing: visible(email) === '' || password === '' });
    if (address === null || password === '' || busy) return;
    setBusy(true);
    setRefusal(null);
    try {
      const asked = await account.signIn(address, password);
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
        <Container
          header={
            <Header variant="h1" description={own.description}>
              {words.signIn.title}
            </Header>
          }
        >
          <SpaceBetween size="l">
            {account.ended && refusal === null && <Alert type="info">{words.signIn.ended}</Alert>}
            {refusal !== null && <Refused refusal={refusal} own={own} />}
            <FormField label={words.signIn.email} errorText={wrong.email ? words.lookUp.emailWrong : undefined}>
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
            <FormField label={words.signIn.password} errorText={wrong.missing ? words.signIn.needed : undefined}>
              <Input
                value={password}
                onChange={({ detail }) => setPassword(detail.value)}
                type={shown ? 'text' : 'password'}
                name="password"
                autoComplete="current-password"
                ariaRequired
              />
            </FormField>
            <Checkbox checked={shown} onChange={({ detail }) => setShown(detail.checked)}>
              {words.signIn.show}
            </Checkbox>
            {forgot}
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}

interface Step<Asked extends Challenge = Challenge> extends Pick<Place, 'account' | 'own' | 'product'> {
  asked: Asked;
  /** What is asked for next; null: the time for this step has run out, and the sign-in starts again. */
  onAsked: (asked: Challenge | null) => void;
}

/** Gives Cognito what it asked for, one answer at a time. */
function useAnswer({ account, asked, onAsked }: Step) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<CognitoRefusal | null>(null);
  const answer = async (given: string): Promise<CognitoRefusal | null> => {
    setBusy(true);
    setRefusal(null);
    try {
      const next = await account.answer(asked, given);
      if (next) onAsked(next);
      return null;
    } catch (error) {
      const refused = refusalOf(error);
      setRefusal(refused);
      setBusy(false);
      return refused;
    }
  };
  return { busy, refusal, answer };
}

/** A step's form: what is asked for, what was wrong with it, and the button, which starts the sign-in again once the time has run out. */
function StepForm(
  props: Pick<Step, 'own' | 'onAsked'> & {
    title: string;
    description: string;
    button: string;
    busy: boolean;
    refusal: CognitoRefusal | null;
    onSubmit: () => void;
    children: ReactNode;
  },
) {
  const { words } = useSpeech();
  const { own, onAsked, title, description, button, busy, refusal, onSubmit, children } = props;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!busy) onSubmit();
    focusFault(event.currentTarget);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Form
        actions={
          refusal === 'too-late' ? (
            <Button variant="primary" formAction="none" onClick={() => onAsked(null)}>
              {words.signIn.title}
            </Button>
          ) : (
            <Button variant="primary" loading={busy} loadingText={words.loading}>
              {button}
            </Button>
          )
        }
      >
        <Container
          header={
            <Header variant="h1" description={description}>
              {title}
            </Header>
          }
        >
          <SpaceBetween size="l">
            {refusal !== null && <Refused refusal={refusal} own={own} />}
            {children}
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}

function FirstPassword(step: Step) {
  const { words } = useSpeech();
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const [tried, setTried] = useState(false);
  const { busy, refusal, answer } = useAnswer(step);
  const submit = () => {
    setTried(true);
    if (faultOf(typed) === null) void answer(typed.password);
  };
  return (
    <StepForm {...step} {...words.signIn.firstPassword} busy={busy} refusal={refusal} onSubmit={submit}>
      <NewPassword email={step.asked.email} typed={typed} onChange={setTyped} tried={tried} autoFocus />
    </StepForm>
  );
}

/** Codes from an app and by SMS have six digits, codes by email have eight. */
const CODE_LENGTHS: Record<Factor, number[]> = { SOFTWARE_TOKEN_MFA: [6], SMS_MFA: [6], EMAIL_OTP: [6, 8] };

/** A code from an authenticator app, which may have to be set up first, or a code that was sent. */
function SecondFactor(step: Step<Exclude<Challenge, { asks: 'new-password' }>>) {
  const { words } = useSpeech();
  const { asked } = step;
  const [code, setCode] = useState('');
  const [incomplete, setIncomplete] = useState(false);
  const field = useRef<InputProps.Ref>(null);
  const { busy, refusal, answer } = useAnswer(step);
  const lengths = asked.asks === 'second-factor' ? CODE_LENGTHS[asked.factor] : [6];
  const speech = asked.asks === 'authenticator' ? words.signIn.authenticator : words.signIn.secondFactor;
  const submit = async () => {
    const found = codeIn(code, lengths);
    setIncomplete(found === null);
    if (found === null) return;
    if ((await answer(found)) !== 'wrong-code') return;
    setCode('');
    field.current?.focus();
  };
  return (
    <StepForm
      {...step}
      title={speech.title}
      description={asked.asks === 'authenticator' ? words.signIn.authenticator.description : words.signIn.secondFactor.from(asked.sentTo)}
      button={speech.button}
      busy={busy}
      refusal={refusal}
      onSubmit={() => void submit()}
    >
      {asked.asks === 'authenticator' && (
        <Suspense fallback={words.loading}>
          <AuthenticatorKey asked={asked} product={step.product} />
        </Suspense>
      )}
      <FormField label={words.signIn.secondFactor.code} errorText={incomplete ? words.signIn.secondFactor.incomplete : undefined}>
        <Input
          ref={field}
          value={code}
          onChange={({ detail }) => {
            setIncomplete(false);
            setCode(asCode(detail.value, lengths));
          }}
          name="second-factor"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          ariaRequired
          nativeInputAttributes={{ className: 'code' }}
        />
      </FormField>
    </StepForm>
  );
}
