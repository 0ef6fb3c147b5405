import type { ErrorBoundaryProps } from '@cloudscape-design/components/error-boundary';
import { Component, type ReactNode } from 'react';

type Props = Pick<ErrorBoundaryProps, 'onError' | 'renderFallback' | 'children'>;

// biome-ignore lint/style/useReactFunctionComponents: only a class can catch what the components below throw.
export default class ErrorBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return this.props.renderFallback?.({} as Parameters<NonNullable<Props['renderFallback']>>[0]);
  }
}
