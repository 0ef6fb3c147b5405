import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type SubmitEvent, useEffect, useRef, useState } from 'react';
import { clockFace } from './clock-face';
import { Countdown } from './countdown';
import { attemptsLeft, type Failure } from './failure';
import { Indicator } from './indicator';
import { browser } from './kept';
import { focusFault } from './keyboard';
import type { SentCode } from './model';
import { asCode, isCode, isEnteredByHand } from './typed';
import { useIsPast, useSecondsUntil } from './use-clock';
import { useSpeech } from './words';

interface Props {
  code: SentCode;
  label: string;
  button: string;
  entering: boolean;
  disabled: boolean;
  /** The last entry's refusal. */
  refused: Failure | null;
  onEnter: (code: string) => void;
}

/** Kept only by people who want to press the button themselves. */
const KEPT = 'press-to-verify';

/** The field for a code that was sent by email, with the time until it expires and the attempts left. */
export function CodeEntry({ code, label, button, entering, disabled, refused, onEnter }: Props) {
  const { words } = useSpeech();
  const [value, setValue] = useState('');
  const [noCode, setNoCode] = useState(false);
  const [byItself, setByItself] = useState(browser.get(KEPT) === undefined);
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<InputProps.Ref>(null);
  const byHand = useRef(false);
  const expired = useIsPast(code.expires_at);

  useEffect(() => {
    if (!refused) return;
    setValue('');
    // A person who has moved on to something else stays there.
    const at = document.activeElement;
    if (at === document.body || form.current?.contains(at)) field.current?.focus();
  }, [refused]);

  const change = (typed: string) => {
    const found = asCode(typed);
    setNoCode(false);
    setValue(found);
    if (isCode(found) && byItself && byHand.current && !disabled) onEnter(found);
  };
  const choose = (chosen: boolean) => {
    setByItself(chosen);
    if (chosen) browser.delete(KEPT);
    else browser.set(KEPT, 'yes');
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (expired) return;
    setNoCode(!isCode(value));
    if (isCode(value)) onEnter(value);
    else focusFault(event.currentTarget);
  };
  const left = attemptsLeft(code, refused);
  const error = noCode ? words.code.wrongFormat : refused && value === '' ? words.code.refused(left) : undefined;

  return (
    <form
      ref={form}
      onSubmit={submit}
      noValidate
      onInputCapture={({ nativeEvent }) => {
        byHand.current = isEnteredByHand(nativeEvent as InputEvent);
      }}
    >
      <SpaceBetween size="s">
        {!expired && (
          <>
            <FormField label={label} constraintText={words.code.format} errorText={error} stretch>
              <div className="code-row">
                <Input
                  ref={field}
                  value={value}
                  onChange={({ detail }) => change(detail.value)}
                  name="code"
                  inputMode="numeric"
                  autoComplete={code.to === 'agent' ? 'one-time-code' : 'off'}
                  autoFocus
                  ariaRequired
                  nativeInputAttributes={{ className: 'code' }}
                />
                <Button variant="primary" loading={entering} disabled={disabled && !entering} loadingText={words.loading}>
                  {button}
                </Button>
              </div>
            </FormField>
            <Checkbox checked={byItself} onChange={({ detail }) => choose(detail.checked)}>
              {words.codes.byItself}
            </Checkbox>
          </>
        )}
        <CodeLife code={code} left={left} />
      </SpaceBetween>
    </form>
  );
}

/** The time until the code expires, and the attempts left; or that it has expired, which screen readers announce. */
export function CodeLife({ code, left }: { code: SentCode; left: number }) {
  const { words } = useSpeech();
  const expired = useIsPast(code.expires_at);
  return (
    <div>
      <div role="status">{expired && <Indicator type="warning">{words.code.expired}</Indicator>}</div>
      {!expired && (
        <SpaceBetween size="l" direction="horizontal">
          <Box color="text-body-secondary">
            {words.code.expiresIn} <Countdown until={code.expires_at} label={words.code.expiresIn} />
          </Box>
          <Box color={left > 2 ? 'text-body-secondary' : 'text-status-error'}>{words.code.attempts(left)}</Box>
        </SpaceBetween>
      )}
    </div>
  );
}

interface ResendProps {
  code: SentCode;
  sending: boolean;
  waiting: boolean;
  onResend: () => void;
}

/** Sends the code again, once the server allows it. What to do next, once the code has expired. */
export function Resend({ code, sending, waiting, onResend }: ResendProps) {
  const { words } = useSpeech();
  const left = useSecondsUntil(code.resend_at);
  const expired = useIsPast(code.expires_at);
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    // The field had the keyboard, and is gone.
    if (expired && document.activeElement === document.body) place.current?.querySelector('button')?.focus();
  }, [expired]);
  return (
    <span ref={place}>
      <Button
        variant={expired ? 'primary' : 'normal'}
        formAction="none"
        iconName="refresh"
        loading={sending}
        loadingText={words.loading}
        disabled={left > 0 || waiting}
        onClick={onResend}
      >
        {left > 0 ? words.code.resendIn(clockFace(left)) : words.code.resend}
      </Button>
    </span>
  );
}
