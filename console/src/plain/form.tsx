import type { FormProps } from '@cloudscape-design/components/form';

export default function Form({ actions, children }: FormProps) {
  return (
    <>
      {children}
      <div className="actions">{actions}</div>
    </>
  );
}
