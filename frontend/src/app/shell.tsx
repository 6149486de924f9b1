import IconButton from '@mui/material/IconButton';
import Drawer from '@mui/material/Drawer';
import type { SvgIconProps } from '@mui/material/SvgIcon';
import { useState, type ComponentType } from 'react';
import { NavLink, Outlet } from 'react-router';

import { AccountMenu } from '../features/auth/account-menu';
import { DefinitionIcon, IncidentIcon, InstanceIcon, MenuIcon, TaskIcon } from '../ui/icons';
import { Logo } from '../ui/logo';
import { SchemeSwitch } from './scheme-switch';

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

/** What is around every page: navigation, account, colour scheme. */
export function Shell() {
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <div className="flex h-full flex-col lg:flex-row">
      <a
        href="#main"
        className="sr-only z-50 bg-surface px-4 py-2 text-accent focus:not-sr-only focus:absolute"
      >
        Skip to the content
      </a>
      <aside className="hidden w-56 shrink-0 flex-col border-r border-line bg-surface lg:flex">
        <div className="px-5 py-4">
          <Logo />
        </div>
        <Places />
        <div className="mt-auto flex items-center justify-between border-t border-line p-3">
          <AccountMenu />
          <SchemeSwitch />
        </div>
      </aside>
      <header className="flex h-13 shrink-0 items-center gap-1 border-b border-line bg-surface px-2 lg:hidden">
        <IconButton
          aria-label="Open the navigation"
          onClick={() => {
            setOpen(true);
          }}
        >
          <MenuIcon />
        </IconButton>
        <Logo />
        <div className="ml-auto flex items-center gap-1">
          <SchemeSwitch />
          <AccountMenu />
        </div>
      </header>
      <Drawer open={open} onClose={close}>
        <div className="w-64 py-4" onClick={close}>
          <div className="px-5 pb-4">
            <Logo />
          </div>
          <Places />
        </div>
      </Drawer>
      <main id="main" tabIndex={-1} className="min-h-0 min-w-0 flex-1 overflow-y-auto outline-none">
        <Outlet />
      </main>
    </div>
  );
}

function Places() {
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
