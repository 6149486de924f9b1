import { useMutation } from '@tanstack/react-query';

import { instances } from '../../api/queries/instances';
import type { Instance } from '../../api/types';
import { Dialog } from '../../ui/dialog';
import { notify } from '../../ui/notify';

type Props = { readonly instance: Instance; readonly onClose: () => void };

export default function CancelDialog({ instance, onClose }: Props) {
  const cancel = useMutation(instances.cancel(instance.id));
  return (
    <Dialog
      open
      title="Cancel this instance?"
      onClose={onClose}
      problem={cancel.error}
      action="Cancel instance"
      color="error"
      dismiss="Keep it running"
      busy={cancel.isPending}
      onAction={() => {
        cancel.mutate(undefined, {
          onSuccess: () => {
            notify.success('Instance canceled');
            onClose();
          },
        });
      }}
    >
      <p className="m-0 text-sm text-text-2">
        <span className="font-semibold text-text">{instance.businessKey || instance.id}</span> stops
        where it is: its tokens, open tasks, jobs and timers go away. This cannot be undone; the
        history stays readable.
      </p>
    </Dialog>
  );
}
