import Button from '@mui/material/Button';
import { useState } from 'react';

import type { Instance } from '../../api/types';
import { CanceledIcon } from '../../ui/icons';
import { later, useSoon } from '../../ui/later';

const CancelDialog = later(() => import('./cancel-dialog'));

export function CancelButton({ instance }: { instance: Instance }) {
  const [open, setOpen] = useState(false);
  useSoon(CancelDialog);
  return (
    <>
      <Button
        variant="outlined"
        color="error"
        startIcon={<CanceledIcon />}
        onClick={() => {
          setOpen(true);
        }}
      >
        Cancel instance
      </Button>
      {open && (
        <CancelDialog
          instance={instance}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}
