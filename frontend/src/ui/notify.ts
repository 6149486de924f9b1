import type { ExternalToast } from 'sonner';

/* The first page shows without it: what shows notes comes after the page. */
function show(kind: 'success' | 'error', text: string, more?: ExternalToast): void {
  void import('sonner').then(({ toast }) => toast[kind](text, more));
}

/** A short note in the corner about what was just done. */
export const notify = {
  success: (text: string, more?: ExternalToast) => {
    show('success', text, more);
  },
  error: (text: string) => {
    show('error', text);
  },
};
