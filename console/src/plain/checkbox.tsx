import type { CheckboxProps } from '@cloudscape-design/components/checkbox';

export default function Checkbox({ checked, onChange, children }: CheckboxProps) {
  return (
    <label className="choice">
      <input
        type="checkbox"
        checked={checked}
        onChange={({ target }) => onChange?.({ detail: { checked: target.checked } } as Parameters<NonNullable<typeof onChange>>[0])}
      />
      <span>{children}</span>
    </label>
  );
}
