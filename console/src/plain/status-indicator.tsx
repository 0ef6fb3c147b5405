import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

const SIGNS: Partial<Record<StatusIndicatorProps.Type, string>> = { success: '✓', error: '✕', warning: '⚠', pending: '○', stopped: '–' };

export default function StatusIndicator({ type = 'success', iconAriaLabel, children }: StatusIndicatorProps) {
  return (
    <span className={`indicator ${type}`}>
      <span aria-hidden="true">{SIGNS[type] ?? '•'}</span>
      {iconAriaLabel !== undefined && <span className="unseen">{iconAriaLabel}</span>}
      {children}
    </span>
  );
}
