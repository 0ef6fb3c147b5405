import type { RadioGroupProps } from '@cloudscape-design/components/radio-group';
import { useId } from 'react';
import { useField } from './field';

export default function RadioGroup({ value, onChange, items, ariaRequired }: RadioGroupProps) {
  const name = useId();
  const { id, ...field } = useField();
  return (
    <div role="radiogroup" id={id} {...field} aria-required={ariaRequired} className="stack xs">
      {(items ?? []).map((item) => (
        <label className="choice" key={item.value}>
          <input
            type="radio"
            name={name}
            checked={value === item.value}
            onChange={() => onChange?.({ detail: { value: item.value } } as Parameters<NonNullable<typeof onChange>>[0])}
          />
          <span>
            {item.label}
            {item.description && <span className="quiet small block">{item.description}</span>}
          </span>
        </label>
      ))}
    </div>
  );
}
