import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type SubmitEvent, useRef, useState } from 'react';
import { serverNow } from '../../pages/consent/server-clock.js';
import type { Person } from './account';
import { addressIn } from './address';
import { adviceOnRecovery, type RecoveryAct } from './advice';
import type { Api } from './api';
import { clockFace } from './clock-face';
import { Failure } from './failure';
import { FailureAlert } from './failure-alert';
import { tab } from './kept';
import { focusFault } from './keyboard';
import { NewPassword } from './new-password';
import { faultOf, NOTHING_TYPED } from './password';
import { href, type Route } from './route';
import { Stage } from './stage';
import { asCode, isCode } from './typed';
import { useWait } from './use-clock';
import { useSpeech } from './words';

/** The address for which a code was requested, and when another may be, so that a reload continues there. */
const KEPT = 'recovery';
const RESEND_MILLISECONDS = 30_000;

interface Asked {
  email: string;
  resendAt: number;
}

interface Props {
  api: Api;
  back: Route;
  /** The signed-in agent who changes their own password; null for people who forgot theirs. */
  agent: Pick<Person, 'email'> | null;
  /** The password has been changed, and with it every sign-in has ended. */
  onChanged: () => void;
}

/** Another password: a code by email, and with it a new one. The page does not reveal whether the address belongs to an agent. */
export function RecoveryPage({ api, back, agent, onChanged }: Props) {
  const kept = tab.get(KEPT);
  const [asked, setAsked] = useState<Asked | null>(kept === undefined ? null : (JSON.parse(kept) as Asked));
  const [done, setDone] = useState(false);

  const ask = async (email: string) => {
    await api.askForRecovery({ email });
    const next = { email, resendAt: serverNow() + RESEND_MILLISECONDS };
    tab.set(KEPT, JSON.stringify(next));
    setAsked(next);
  };
  const leave = () => {
    tab.delete(KEPT);
    setAsked(null);
  };
  const finish = () => {
    leave();
    setDone(true);
    onChanged();
  };

  return (
    <div className="narrow">
      <Stage at={done ? 'done' : asked === null ? 'ask' : 'enter'}>
        {done ? (
          <Done back={back} />
        ) : asked === null ? (
          <AskForCode ask={ask} back={back} agent={agent} />
        ) : (
          <EnterCode api={api} asked={asked} ask={ask} back={back} onDone={finish} onOther={leave} />
        )}
      </Stage>
    </div>
  );
}

function AskForCode({ ask, back, agent }: Pick<Props, 'back' | 'agent'> & { ask: (email: string) => Promise<void> }) {
  const { words } = useSpeech();
  const [email, setEmail] = useState(agent?.email ?? '');
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const wait = useWait(failure?.retryAt ?? null);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const address = addressIn(email);
    setWrong(address === null);
    if (address === null) focusFault(event.currentTarget);
    setFailure(null);
    if (address === null || busy || wait > 0) return;
    setBusy(true);
    try {
      await ask(address);
    } catch (error) {
      setFailure(Failure.from(error));
      setBusy(false);
    }
  };

  return (
    <form onSubmit={submit} noValidate>
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" href={href(back)}>
              {agent === null ? words.recovery.back : words.cancel.back}
            </Button>
            <Button variant="primary" loading={busy} loadingText={words.loading} disabled={wait > 0}>
              {words.recovery.send}
            </Button>
          </SpaceBetween>
        }
      >
        <Container
          header={
            <Header variant="h1" description={`${words.recovery.description}${agent === null ? '' : ` ${words.recovery.leaves}`}`}>
              {agent === null ? words.recovery.title : words.recovery.change}
            </Header>
          }
        >
          <SpaceBetween size="l">
            {failure && <FailureAlert failure={failure} advice={adviceOnRecovery('send', failure, words)} />}
            <FormField label={words.signIn.email} errorText={wrong ? words.lookUp.emailWrong : undefined}>
              <Input
                value={email}
                onChange={({ detail }) => setEmail(detail.value)}
                type="email"
                name="username"
                autoComplete="username"
                spellcheck={false}
                readOnly={agent !== null}
                autoFocus
                ariaRequired
              />
            </FormField>
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}

interface EnterCodeProps {
  api: Api;
  asked: Asked;
  ask: (email: string) => Promise<void>;
  back: Route;
  onDone: () => void;
  onOther: () => void;
}

function EnterCode({ api, asked, ask, back, onDone, onOther }: EnterCodeProps) {
  const { words } = useSpeech();
  const [code, setCode] = useState('');
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState<RecoveryAct | null>(null);
  /** The last failure of each act: while one has to wait, the other can still be tried. */
  const [failures, setFailures] = useState<Partial<Record<RecoveryAct, Failure>>>({});
  const field = useRef<InputProps.Ref>(null);
  const waitToSend = useWait(failures.send?.retryAt ?? null);
  const waitToSave = useWait(failures.save?.retryAt ?? null);
  const cooling = useWait(asked.resendAt);

  const attempt = async (what: RecoveryAct, call: () => Promise<void>) => {
    setBusy(what);
    setFailures((before) => waiting({ ...before, [what]: undefined }));
    try {
      await call();
      return true;
    } catch (error) {
      const failure = Failure.from(error);
      setFailures((before) => ({ ...before, [what]: failure }));
      return false;
    } finally {
      setBusy(null);
    }
  };
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (!isCode(code) || faultOf(typed) !== null) focusFault(event.currentTarget);
    if (!isCode(code) || faultOf(typed) !== null || busy !== null || waitToSave > 0) return;
    const { password: new_password, again: confirm_password } = typed;
    if (await attempt('save', () => api.confirmRecovery({ email: asked.email, code, new_password, confirm_password }))) onDone();
  };
  const resend = async () => {
    // The button is disabled for a while, and the new code is needed next.
    if (await attempt('send', () => ask(asked.email))) field.current?.focus();
  };
  const refused = failures.save?.problem?.type === '/problems/code-refused' ? failures.save.problem : null;

  return (
    <form onSubmit={submit} noValidate>
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={onOther}>
              {words.recovery.other}
            </Button>
            <Button variant="primary" loading={busy === 'save'} loadingText={words.loading} disabled={waitToSave > 0}>
              {words.recovery.save}
            </Button>
          </SpaceBetween>
        }
      >
        <Container
          header={
            <Header variant="h1" description={words.recovery.sent(asked.email)}>
              {words.recovery.title}
            </Header>
          }
        >
          <SpaceBetween size="l">
            {ACTS.map((act) => {
              const failure = failures[act];
              if (!failure || failure.kind === 'code-refused') return null;
              return <FailureAlert key={act} failure={failure} advice={adviceOnRecovery(act, failure, words)} />;
            })}
            <FormField
              label={words.recovery.code}
              errorText={
                tried && !isCode(code)
                  ? words.code.wrongFormat
                  : refused
                    ? refused.attempts_left > 0
                      ? words.code.refused(refused.attempts_left)
                      : words.recovery.locked
                    : undefined
              }
            >
              <div className="code-row">
                <Input
                  ref={field}
                  value={code}
                  onChange={({ detail }) => setCode(asCode(detail.value))}
                  name="code"
                  inputMode="numeric"
                  autoComplete="one-time-code"
                  autoFocus
                  ariaRequired
                  nativeInputAttributes={{ className: 'code' }}
                />
                <Button
                  formAction="none"
                  iconName="refresh"
                  loading={busy === 'send'}
                  loadingText={words.loading}
                  disabled={cooling > 0 || waitToSend > 0}
                  onClick={resend}
                >
                  {cooling > 0 ? words.code.resendIn(clockFace(cooling)) : words.code.resend}
                </Button>
              </div>
            </FormField>
            <NewPassword email={asked.email} typed={typed} onChange={setTyped} tried={tried} />
            <Link href={href(back)}>{words.recovery.back}</Link>
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}

const ACTS: RecoveryAct[] = ['send', 'save'];

/** The failures that say when to try again. The others are dropped at the next attempt. */
function waiting(failures: Partial<Record<RecoveryAct, Failure>>): Partial<Record<RecoveryAct, Failure>> {
  return Object.fromEntries(Object.entries(failures).filter(([, failure]) => failure?.retryAt));
}

function Done({ back }: { back: Route }) {
  const { words } = useSpeech();
  return (
    <Container header={<Header variant="h1">{words.recovery.done}</Header>}>
      <SpaceBetween size="l">
        <Box>{words.recovery.doneExplain}</Box>
        <Button variant="primary" href={href(back)}>
          {words.signIn.button}
        </Button>
      </SpaceBetween>
    </Container>
  );
}
