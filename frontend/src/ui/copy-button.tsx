import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import { toast } from 'sonner';

import { CopyIcon } from './icons';

/* navigator.clipboard is there in secure contexts only. */
async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast.success(`Copied the ${what}`);
  } catch {
    toast.error('This browser does not let a page copy here');
  }
}

export function CopyButton({ text, what }: { text: string; what: string }) {
  return (
    <Tooltip title={`Copy the ${what}`}>
      <IconButton
        size="small"
        aria-label={`Copy the ${what}`}
        onClick={() => void copy(text, what)}
      >
        <CopyIcon sx={{ fontSize: 15 }} />
      </IconButton>
    </Tooltip>
  );
}

/** The end of an id, which is what tells neighbours apart; all of it on hover. */
export function Id({ id }: { id: string }) {
  return (
    <span className="font-mono text-xs text-text-2" title={id}>
      {id.length > 13 ? `…${id.slice(-12)}` : id}
    </span>
  );
}

export { copy };
