import IconButton from '@mui/material/IconButton';

import { CopyIcon } from './icons';
import { notify } from './notify';

/* navigator.clipboard is there in secure contexts only. */
async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify.success(`Copied the ${what}`);
  } catch {
    notify.error('This browser does not let a page copy here');
  }
}

export function CopyButton({ text, what }: { text: string; what: string }) {
  return (
    <IconButton
      title={`Copy the ${what}`}
      size="small"
      aria-label={`Copy the ${what}`}
      onClick={() => void copy(text, what)}
    >
      <CopyIcon sx={{ fontSize: 15 }} />
    </IconButton>
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
