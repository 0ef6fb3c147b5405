import type { AlertProps } from '@cloudscape-design/components/alert';
import { useSpeech } from '../words';

const CROSS = '✕';

export default function Alert({ type = 'info', header, children, action, dismissible, onDismiss }: AlertProps) {
  const { words } = useSpeech();
  return (
    <div className={`alert ${type}`}>
      <div className="alert-text">
        {header && <div className="strong">{header}</div>}
        <div>{children}</div>
      </div>
      {action}
      {dismissible && (
        <button
          type="button"
          className="icon"
          aria-label={words.close}
          onClick={(event) => onDismiss?.(event as unknown as Parameters<NonNullable<typeof onDismiss>>[0])}
        >
          {CROSS}
        </button>
      )}
    </div>
  );
}
