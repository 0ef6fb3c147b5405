import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

/** The library's status indicator, with lines that break between words instead of anywhere. */
export function Indicator({ children, ...props }: StatusIndicatorProps) {
  return (
    <StatusIndicator wrapText {...props}>
      <span className="words">{children}</span>
    </StatusIndicator>
  );
}
