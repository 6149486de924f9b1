import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';

type Props = {
  readonly to: string;
  readonly children: ReactNode;
  readonly quiet?: boolean;
  /** One line, cut off where its place ends; the whole text belongs in a title. */
  readonly cut?: boolean;
};

export function Link({ to, children, quiet = false, cut = false }: Props) {
  const look = quiet ? 'text-text-2 hover:text-text' : 'font-medium text-accent';
  const fit = cut ? 'block truncate' : '';
  return (
    <RouterLink to={to} className={`${look} ${fit} underline-offset-3 hover:underline`}>
      {children}
    </RouterLink>
  );
}
