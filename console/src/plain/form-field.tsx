import type { FormFieldProps } from '@cloudscape-design/components/form-field';
import { useId } from 'react';
import { FieldContext } from './field';

export default function FormField({ label, description, constraintText, errorText, children }: FormFieldProps) {
  const id = useId();
  const said = [description && 'description', errorText && 'error', constraintText && 'constraint'].filter(Boolean);
  const described = said.length === 0 ? undefined : said.map((each) => `${id}-${each}`).join(' ');
  return (
    <div className="field">
      <label htmlFor={id} id={`${id}-label`} className="label">
        {label}
      </label>
      {description && (
        <div id={`${id}-description`} className="quiet small">
          {description}
        </div>
      )}
      <FieldContext value={{ id, described, invalid: Boolean(errorText) }}>{children}</FieldContext>
      {errorText && (
        <div id={`${id}-error`} className="wrong small" role="alert">
          {errorText}
        </div>
      )}
      {constraintText && (
        <div id={`${id}-constraint`} className="quiet small">
          {constraintText}
        </div>
      )}
    </div>
  );
}
