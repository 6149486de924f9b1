import ListItemIcon from '@mui/material/ListItemIcon';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useMutation } from '@tanstack/react-query';

import { logout } from '../../api/session';
import { LeaveIcon } from '../../ui/icons';

type Props = { readonly anchor: HTMLElement | null; readonly onClose: () => void };

export default function AccountItems({ anchor, onClose }: Props) {
  const leave = useMutation({ mutationFn: logout });
  return (
    <Menu anchorEl={anchor} open={anchor !== null} onClose={onClose}>
      <MenuItem
        onClick={() => {
          onClose();
          leave.mutate();
        }}
      >
        <ListItemIcon>
          <LeaveIcon fontSize="small" />
        </ListItemIcon>
        Log out
      </MenuItem>
    </Menu>
  );
}
