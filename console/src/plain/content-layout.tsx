import type { ContentLayoutProps } from '@cloudscape-design/components/content-layout';

export default function ContentLayout({ header, children }: ContentLayoutProps) {
  return (
    <>
      {header}
      {children}
    </>
  );
}
