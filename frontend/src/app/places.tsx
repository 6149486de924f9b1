import type { SvgIconProps } from '@mui/material/SvgIcon';
import type { ComponentType } from 'react';
import { NavLink } from 'react-router';

import { DefinitionIcon, IncidentIcon, InstanceIcon, TaskIcon } from '../ui/icons';

type Place = {
  readonly to: string;
  readonly label: string;
  readonly icon: ComponentType<SvgIconProps>;
};

const places: readonly Place[] = [
  { to: '/definitions', label: 'Definitions', icon: DefinitionIcon },
  { to: '/instances', label: 'Instances', icon: InstanceIcon },
  { to: '/tasks', label: 'Tasks', icon: TaskIcon },
  { to: '/incidents', label: 'Incidents', icon: IncidentIcon },
];

/** The way to each part of the console. */
export function Places() {
  return (
    <nav aria-label="Main" className="flex flex-col gap-0.5 px-3">
      {places.map(({ to, label, icon: Icon }) => (
        <NavLink
          key={to}
          to={to}
          className={({ isActive }) =>
            `flex h-9 items-center gap-2.5 rounded-card px-2.5 text-base font-medium no-underline ${
              isActive ? 'bg-accent-soft text-accent' : 'text-text-2 hover:bg-hover hover:text-text'
            }`
          }
        >
          <Icon aria-hidden sx={{ fontSize: 19 }} />
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
