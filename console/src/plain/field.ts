import { createContext, useContext } from 'react';

interface Field {
  id: string;
  described: string | undefined;
  invalid: boolean;
}

export const FieldContext = createContext<Field | null>(null);

/** What a control needs of the field around it: its label, what describes it, and whether it is in error. */
export function useField() {
  const field = useContext(FieldContext);
  return {
    id: field?.id,
    'aria-labelledby': field === null ? undefined : `${field.id}-label`,
    'aria-describedby': field?.described,
    'aria-invalid': field?.invalid || undefined,
  };
}
