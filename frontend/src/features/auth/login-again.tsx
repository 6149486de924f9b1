import Dialog from '@mui/material/Dialog';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useQueryClient } from '@tanstack/react-query';

import { LoginForm } from './login-form';

/** Over the page when the session ended, so that what was typed there survives. */
export default function LoginAgain() {
  const queryClient = useQueryClient();
  return (
    <Dialog open fullWidth maxWidth="xs" aria-labelledby="login-again">
      <DialogTitle id="login-again">Your session has ended</DialogTitle>
      <DialogContent>
        <p className="mt-0 mb-5 text-sm text-text-2">
          Log in to go on where you were. Nothing on this page is lost.
        </p>
        <LoginForm done={() => void queryClient.invalidateQueries()} />
      </DialogContent>
    </Dialog>
  );
}
