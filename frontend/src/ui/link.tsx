import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';

type Props = {
  readonly to: string;
  readonly children: ReactNode;
  readonly quiet?: boolean;
};

export function Link({ to, children, quiet = false }: Props) {
  const look = quiet ? 'text-text-2 hover:text-text' : 'font-medium text-accent';
  return (
    <RouterLink to={to} className={`${look} underline-offset-3 hover:underline`}>
      {children}
    </RouterLink>
  );
}
