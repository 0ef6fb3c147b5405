import type { ContainerProps } from '@cloudscape-design/components/container';

export default function Container({ header, footer, children }: ContainerProps) {
  return (
    <section className="container">
      {header}
      <div>{children}</div>
      {footer && <div className="footer">{footer}</div>}
    </section>
  );
}
