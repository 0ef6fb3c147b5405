import { type RefObject, useEffect, useRef } from 'react';

/**
 * Moves the keyboard focus to a new screen's heading, which screen readers then read out, if the element that had it is gone. A focus that
 * still has its element stays. `at`: which screen it is; null while there is none yet. Give the result to the element around the screen.
 */
export function useFocusOnChange(at: string | null): RefObject<HTMLDivElement | null> {
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

/** Moves the keyboard focus to the first field in error of a form, once the error is drawn. */
export function focusFault(form: HTMLFormElement): void {
  setTimeout(() => form.querySelector<HTMLElement>('[aria-invalid]')?.focus());
}
