import type { HeaderProps } from '@cloudscape-design/components/header';

export default function Header({ variant = 'h2', description, actions, children }: HeaderProps) {
  const Tag = variant === 'awsui-h1-sticky' ? 'h1' : variant;
  return (
    <div className="header">
      <div className="row">
        <Tag>{children}</Tag>
        {actions}
      </div>
      {description && <p className="quiet">{description}</p>}
    </div>
  );
}
