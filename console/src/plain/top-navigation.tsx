import type { TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { Menu, type MenuProps } from './menu';

/** The bar with the product's name, and its menus. */
export default function TopNavigation({ identity, utilities }: TopNavigationProps) {
  return (
    <header className="bar">
      <a href={identity?.href}>{identity?.title}</a>
      <div className="row xs">
        {(utilities as MenuProps[]).map((menu) => (
          <Menu key={menu.ariaLabel} {...menu} />
        ))}
      </div>
    </header>
  );
}
