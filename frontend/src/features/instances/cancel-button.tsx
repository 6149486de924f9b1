import Button from '@mui/material/Button';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';

import { instances } from '../../api/queries/instances';
import type { Instance } from '../../api/types';
import { Dialog } from '../../ui/dialog';
import { CanceledIcon } from '../../ui/icons';

export function CancelButton({ instance }: { instance: Instance }) {
  const [open, setOpen] = useState(false);
  const cancel = useMutation(instances.cancel(instance.id));
  const close = () => {
    setOpen(false);
    cancel.reset();
  };
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
      <Dialog
        open={open}
        title="Cancel this instance?"
        onClose={close}
        problem={cancel.error}
        action="Cancel instance"
        color="error"
        dismiss="Keep it running"
        busy={cancel.isPending}
        onAction={() => {
          cancel.mutate(undefined, {
            onSuccess: () => {
              toast.success('Instance canceled');
              close();
            },
          });
        }}
      >
        <p className="m-0 text-sm text-text-2">
          <span className="font-semibold text-text">{instance.businessKey || instance.id}</span>{' '}
          stops where it is: its tokens, open tasks, jobs and timers go away. This cannot be undone;
          the history stays readable.
        </p>
      </Dialog>
    </>
  );
}
