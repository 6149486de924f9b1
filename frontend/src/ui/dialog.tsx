import Button, { type ButtonProps } from '@mui/material/Button';
import MuiDialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useId, type ReactNode } from 'react';

import type { Problem } from '../api/problem';
import { FailureNote } from './feedback';

type Props = {
  readonly open: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  readonly children: ReactNode;
  readonly problem: Problem | null;
  readonly action: string;
  readonly busy: boolean;
  readonly color?: ButtonProps['color'];
  /** The form that the action submits, else what it does. */
  readonly form?: string;
  readonly onAction?: () => void;
  readonly dismiss?: string;
};

/** Something to fill in or to confirm, with one action and a way back. */
export function Dialog(props: Props) {
  const { open, title, onClose, children, problem, action, busy, dismiss = 'Cancel' } = props;
  const titleId = useId();
  return (
    <MuiDialog
      open={open}
      onClose={onClose}
      fullWidth
      maxWidth={props.wide === true ? 'md' : 'sm'}
      aria-labelledby={titleId}
    >
      <DialogTitle id={titleId}>{title}</DialogTitle>
      <DialogContent>
        <div className="flex flex-col gap-4 pt-1.5">
          {children}
          <FailureNote problem={problem} />
        </div>
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          {dismiss}
        </Button>
        <Button
          variant="contained"
          color={props.color ?? 'primary'}
          loading={busy}
          {...(props.form !== undefined
            ? { type: 'submit', form: props.form }
            : { onClick: props.onAction })}
        >
          {action}
        </Button>
      </DialogActions>
    </MuiDialog>
  );
}
