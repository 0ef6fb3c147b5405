import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { useFocusOnChange } from './keyboard';

/** One screen at a time, of a verification or of another page. */
export function Stage({ at, children }: { at: string | null; children: ReactNode }) {
  const stage = useFocusOnChange(at);
  return (
    <div ref={stage} tabIndex={-1} className="stage">
      <SpaceBetween size="s">{children}</SpaceBetween>
    </div>
  );
}
