import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Indicator } from './indicator';
import type { PasswordRule } from './model';
import { useSpeech } from './words';

/** As the API names and judges them, so that nothing is sent that would come back. */
const RULES: Record<Exclude<PasswordRule, 'same'>, RegExp> = {
  length: /^.{8,}$/su,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  number: /[0-9]/,
  special: /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]/,
  'no-spaces': /^\S*$/u,
};

const NAMES = Object.keys(RULES) as (keyof typeof RULES)[];

export interface Typed {
  password: string;
  again: string;
}

export const NOTHING_TYPED: Typed = { password: '', again: '' };

/** What is wrong with it, if anything is. */
export function fault({ password, again }: Typed): 'weak' | 'differ' | null {
  if (!NAMES.every((name) => RULES[name].test(password))) return 'weak';
  return password === again ? null : 'differ';
}

interface Props {
  typed: Typed;
  onChange: (typed: Typed) => void;
  /** Whether it has been sent once: before, nobody is told of a fault in what he is still typing. */
  tried: boolean;
  autoFocus?: boolean;
}

/** A new password, twice, with its rules ticked off while it is typed. */
export function NewPassword({ typed, onChange, tried, autoFocus = false }: Props) {
  const { words } = useSpeech();
  const wrong = tried ? fault(typed) : null;
  return (
    <SpaceBetween size="l">
      <FormField label={words.newPassword.field} errorText={wrong === 'weak' ? words.newPassword.weak : undefined}>
        <Input
          value={typed.password}
          onChange={({ detail }) => onChange({ ...typed, password: detail.value })}
          type="password"
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
          type="password"
          name="new-password-again"
          autoComplete="new-password"
          ariaRequired
        />
      </FormField>
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
        {NAMES.map((name) => {
          const met = RULES[name].test(password);
          // The one that is met from the start speaks up only if it is broken.
          if (name === 'no-spaces' && met) return null;
          return (
            <li key={name} data-met={met}>
              <Indicator type={met ? 'success' : 'pending'} iconAriaLabel={met ? isMet : missing}>
                {rules[name]}
              </Indicator>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
