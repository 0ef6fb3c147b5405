import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

/** The library's status indicator, which would break its line anywhere, breaking it between words. */
export function Indicator({ children, ...props }: StatusIndicatorProps) {
  return (
    <StatusIndicator wrapText {...props}>
      <span className="words">{children}</span>
    </StatusIndicator>
  );
}
