import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Indicator } from './indicator';
import { faultOf, meets, PASSWORD_RULES, type TypedPassword } from './password';
import { useSpeech } from './words';

interface Props {
  /** Whose password it is, for password managers. */
  email: string;
  typed: TypedPassword;
  onChange: (typed: TypedPassword) => void;
  /** Whether the form was sent once. Before, people are still typing, and no fault is shown. */
  tried: boolean;
  autoFocus?: boolean;
}

/** A new password, entered twice, with its rules ticked off while people type. */
export function NewPassword({ email, typed, onChange, tried, autoFocus = false }: Props) {
  const { words } = useSpeech();
  const [shown, setShown] = useState(false);
  const type = shown ? 'text' : 'password';
  const wrong = tried ? faultOf(typed) : null;
  return (
    <SpaceBetween size="l">
      <input className="unseen" type="email" name="username" autoComplete="username" value={email} readOnly tabIndex={-1} aria-hidden />
      <FormField label={words.newPassword.field} errorText={wrong === 'weak' ? words.newPassword.weak : undefined}>
        <Input
          value={typed.password}
          onChange={({ detail }) => onChange({ ...typed, password: detail.value })}
          type={type}
          name="new-password"
          autoComplete="new-password"
          autoFocus={autoFocus}
          ariaRequired
        />
      </FormField>
      <Rules password={typed.password} />
      <FormField label={words.newPassword.again} errorText={wrong === 'differ' ? words.newPassword.differ : undefined}>
        <Input
          value={typed.again}
          onChange={({ detail }) => onChange({ ...typed, again: detail.value })}
          type={type}
          name="new-password-again"
          autoComplete="new-password"
          ariaRequired
        />
      </FormField>
      <Checkbox checked={shown} onChange={({ detail }) => setShown(detail.checked)}>
        {words.signIn.show}
      </Checkbox>
    </SpaceBetween>
  );
}

function Rules({ password }: { password: string }) {
  const { words } = useSpeech();
  const { rules, met: isMet, missing, title } = words.newPassword;
  return (
    <div>
      <Box variant="awsui-key-label">{title}</Box>
      <ul className="plain">
        {PASSWORD_RULES.map((rule) => {
          const met = meets(rule, password);
          // This rule is met from the start, and shown only if it is broken.
          if (rule === 'no-spaces' && met) return null;
          return (
            <li key={rule} data-met={met}>
              <Indicator type={met ? 'success' : 'pending'} iconAriaLabel={met ? isMet : missing}>
                {rules[rule]}
              </Indicator>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
