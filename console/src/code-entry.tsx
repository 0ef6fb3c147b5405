import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type SubmitEvent, useEffect, useRef, useState } from 'react';
import { clockFace } from './clock-face';
import { Countdown } from './countdown';
import { attemptsLeft, type Failure } from './failure';
import { Indicator } from './indicator';
import type { SentCode } from './model';
import { asCode, isCode } from './typed';
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

/** The field for a code that was sent by email, with the time until it expires and the attempts left. */
export function CodeEntry({ code, label, button, entering, disabled, refused, onEnter }: Props) {
  const { words } = useSpeech();
  const [value, setValue] = useState('');
  const [tooShort, setTooShort] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<InputProps.Ref>(null);

  useEffect(() => {
    if (!refused) return;
    setValue('');
    // A person who has moved on to something else stays there.
    const at = document.activeElement;
    if (at === document.body || form.current?.contains(at)) field.current?.focus();
  }, [refused]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTooShort(!isCode(value));
    if (isCode(value)) onEnter(value);
  };
  const left = attemptsLeft(code, refused);
  const error = tooShort ? words.code.wrongFormat : refused && value === '' ? words.code.refused(left) : undefined;

  return (
    <form ref={form} onSubmit={submit} noValidate>
      <SpaceBetween size="s">
        <FormField label={label} constraintText={words.code.format} errorText={error} stretch>
          <div className="code-row">
            <Input
              ref={field}
              value={value}
              onChange={({ detail }) => {
                setTooShort(false);
                setValue(asCode(detail.value));
              }}
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
        <CodeLife code={code} left={left} />
      </SpaceBetween>
    </form>
  );
}

/** The time until the code expires, and the attempts left. */
export function CodeLife({ code, left }: { code: SentCode; left: number }) {
  const { words } = useSpeech();
  const expired = useIsPast(code.expires_at);
  return (
    <SpaceBetween size="l" direction="horizontal">
      {expired ? (
        <Indicator type="warning">{words.code.expired}</Indicator>
      ) : (
        <Box color="text-body-secondary">
          {words.code.expiresIn} <Countdown until={code.expires_at} label={words.code.expiresIn} />
        </Box>
      )}
      <Box color={left > 2 ? 'text-body-secondary' : 'text-status-error'}>{words.code.attempts(left)}</Box>
    </SpaceBetween>
  );
}

/** Sends the code again, once the server allows it. */
export function Resend({ code, sending, waiting, onResend }: { code: SentCode; sending: boolean; waiting: boolean; onResend: () => void }) {
  const { words } = useSpeech();
  const left = useSecondsUntil(code.resend_at);
  return (
    <Button
      formAction="none"
      iconName="refresh"
      loading={sending}
      loadingText={words.loading}
      disabled={left > 0 || waiting}
      onClick={onResend}
    >
      {left > 0 ? words.code.resendIn(clockFace(left)) : words.code.resend}
    </Button>
  );
}
