import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useIsPast, useSecondsUntil } from './clock';
import { Countdown, clockFace } from './countdown';
import type { Failure } from './failure';
import { Indicator } from './indicator';
import type { SentCode } from './model';
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

/** The field for a code that was sent by e-mail, with the time it is good for and the attempts left. */
export function CodeEntry({ code, label, button, entering, disabled, refused, onEnter }: Props) {
  const { words } = useSpeech();
  const [value, setValue] = useState('');
  const [tooShort, setTooShort] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<InputProps.Ref>(null);

  useEffect(() => {
    if (!refused) return;
    setValue('');
    // Whoever has gone on to something else stays there.
    const at = document.activeElement;
    if (at === document.body || form.current?.contains(at)) field.current?.focus();
  }, [refused]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTooShort(value.length !== 6);
    if (value.length === 6) onEnter(value);
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
                setValue(detail.value.replace(/\D/g, '').slice(0, 6));
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

/** There are only ever fewer: the refusal knows it even if the look after it failed, and a later look knows the other side's entries. */
function attemptsLeft(code: SentCode, refused: Failure | null): number {
  const told = refused?.problem?.type === '/problems/code-refused' ? refused.problem.attempts_left : code.attempts_left;
  return Math.min(told, code.attempts_left);
}

/** How long the code is good for, and for how many attempts. */
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

/** Sends the code again, once its cool-down is over. */
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
