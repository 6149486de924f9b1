import IconButton from '@mui/material/IconButton';
import { useState } from 'react';
import { Outlet } from 'react-router';

import { AccountMenu } from '../features/auth/account-menu';
import { MenuIcon } from '../ui/icons';
import { later } from '../ui/later';
import { Logo } from '../ui/logo';
import { Away } from './away';
import { Places } from './places';
import { SchemeSwitch } from './scheme-switch';

const Side = later(() => import('./side'));

/** What is around every page: navigation, account, colour scheme. */
export function Shell() {
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
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
            setWanted(true);
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
      {wanted && (
        <Side
          open={open}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Away />
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
          <Outlet />
        </main>
      </div>
    </div>
  );
}
