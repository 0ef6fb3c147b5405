import type { ButtonProps } from '@cloudscape-design/components/button';

export default function Button(props: ButtonProps) {
  const { variant = 'normal', loading, loadingText, disabled, onClick, href, formAction = 'submit', ariaLabel, children } = props;
  if (href !== undefined) {
    return (
      <a className={`button ${variant}`} href={href} aria-label={ariaLabel}>
        {children}
      </a>
    );
  }
  return (
    <button
      type={formAction === 'none' ? 'button' : 'submit'}
      className={`button ${variant}`}
      disabled={disabled}
      aria-disabled={loading || undefined}
      aria-label={ariaLabel}
      onClick={(event) => {
        if (loading) event.preventDefault();
        else onClick?.(event as unknown as Parameters<NonNullable<typeof onClick>>[0]);
      }}
    >
      {loading && (
        <span className="unseen" role="status">
          {loadingText}
        </span>
      )}
      {loading && <span className="spinner" />}
      {children}
    </button>
  );
}
