import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { me } from '../../api/queries/me';
import { UserIcon } from '../../ui/icons';
import { later, useSoon } from '../../ui/later';

const AccountItems = later(() => import('./account-items'));

export function AccountMenu() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [wanted, setWanted] = useState(false);
  const { data } = useQuery(me());
  useSoon(AccountItems);
  return (
    <>
      <Button
        color="inherit"
        startIcon={<UserIcon />}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => {
          setAnchor(event.currentTarget);
          setWanted(true);
        }}
      >
        <span className="max-w-28 truncate">{data?.username ?? 'Account'}</span>
      </Button>
      {wanted && (
        <AccountItems
          anchor={anchor}
          onClose={() => {
            setAnchor(null);
          }}
        />
      )}
    </>
  );
}
