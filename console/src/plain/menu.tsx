import type { TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { type FocusEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';

export type MenuProps = TopNavigationProps.MenuDropdownUtility;

interface Item {
  id: string;
  text: string;
  lang?: string;
  itemType?: string;
  checked?: boolean;
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

/** A button that opens a menu, worked by mouse and keyboard. */
export function Menu({ text, description, ariaLabel, items, onItemClick }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (open) list.current?.querySelector('button')?.focus();
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const move = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    all.at((at + step) % all.length)?.focus();
  };
  const leave = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (!currentTarget.contains(relatedTarget)) setOpen(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and focus of the menu inside.
    // biome-ignore lint/a11y/noNoninteractiveElementInteractions: the same.
    <div className="menu" onBlur={leave} onKeyDown={move}>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        aria-label={ariaLabel}
        onClick={() => setOpen(!open)}
      >
        {text}
      </button>
      {open && (
        <div className="menu-items">
          {description && <div className="quiet small">{description}</div>}
          <div role="menu" id={id} ref={list} aria-label={ariaLabel}>
            {(items as Item[]).map(({ id: item, text: name, lang, itemType, checked }) => (
              // biome-ignore lint/a11y/useAriaPropsSupportedByRole: only a box to tick has it.
              <button
                key={item}
                type="button"
                tabIndex={-1}
                role={itemType === 'checkbox' ? 'menuitemcheckbox' : 'menuitem'}
                aria-checked={itemType === 'checkbox' ? checked : undefined}
                lang={lang}
                onClick={() => {
                  close();
                  onItemClick?.({ detail: { id: item } } as Parameters<NonNullable<typeof onItemClick>>[0]);
                }}
              >
                {name}
              </button>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
