import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';

/**
 * Takes the keyboard along to the screen's heading, which is then read out, when what it was on is gone; and leaves it alone where it
 * still has a place. `at`: which screen it is; null while there is none yet. The answer is for what is around the screen.
 */
export function useKeyboardTakenAlong(at: string | null): RefObject<HTMLDivElement | null> {
  const stage = useRef<HTMLDivElement>(null);
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (before.current === at) return;
    before.current = at;
    if (at === null || document.activeElement !== document.body) return;
    const heading = stage.current?.querySelector<HTMLElement>('h1, h2');
    heading?.setAttribute('tabindex', '-1');
    (heading ?? stage.current)?.focus();
  }, [at]);
  return stage;
}

/** A verification's screen, or another page's, one at a time. */
export function Stage({ at, children }: { at: string | null; children: ReactNode }) {
  const stage = useKeyboardTakenAlong(at);
  return (
    <div ref={stage} tabIndex={-1} className="stage">
      <SpaceBetween size="s">{children}</SpaceBetween>
    </div>
  );
}
