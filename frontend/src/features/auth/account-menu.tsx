import Button from '@mui/material/Button';
import ListItemIcon from '@mui/material/ListItemIcon';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { me } from '../../api/queries/me';
import { logout } from '../../api/session';
import { LeaveIcon, UserIcon } from '../../ui/icons';

export function AccountMenu() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { data } = useQuery(me());
  const leave = useMutation({ mutationFn: logout });
  const name = data?.username ?? 'Account';
  const close = () => {
    setAnchor(null);
  };
  return (
    <>
      <Button
        color="inherit"
        startIcon={<UserIcon />}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => {
          setAnchor(event.currentTarget);
        }}
      >
        <span className="max-w-28 truncate">{name}</span>
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        <MenuItem
          onClick={() => {
            close();
            leave.mutate();
          }}
        >
          <ListItemIcon>
            <LeaveIcon fontSize="small" />
          </ListItemIcon>
          Log out
        </MenuItem>
      </Menu>
    </>
  );
}
