import type { AppLayoutToolbarProps } from '@cloudscape-design/components/app-layout-toolbar';

export default function AppLayoutToolbar({ notifications, content }: AppLayoutToolbarProps) {
  return (
    <main className="layout">
      {notifications}
      {content}
    </main>
  );
}
