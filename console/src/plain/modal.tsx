import type { ModalProps } from '@cloudscape-design/components/modal';
import { useEffect, useId, useRef } from 'react';

export default function Modal({ header, children, footer, onDismiss }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement as HTMLElement | null;
    shown?.showModal();
    return () => {
      shown?.close();
      before?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        onDismiss?.({ detail: { reason: 'keyboard' } } as Parameters<NonNullable<typeof onDismiss>>[0]);
      }}
    >
      <h2 id={title}>{header}</h2>
      <div>{children}</div>
      <div className="footer">{footer}</div>
    </dialog>
  );
}
