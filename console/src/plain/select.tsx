import type { SelectProps } from '@cloudscape-design/components/select';
import { useField } from './field';

export default function Select({ options = [], selectedOption, onChange }: SelectProps) {
  return (
    <select
      {...useField()}
      value={selectedOption?.value ?? ''}
      onChange={({ target }) =>
        onChange?.({ detail: { selectedOption: { value: target.value } } } as Parameters<NonNullable<typeof onChange>>[0])
      }
    >
      {(options as SelectProps.Option[]).map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
