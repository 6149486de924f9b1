import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type Scheme = 'light' | 'dark';

type Ui = {
  /** null: as the system has it. */
  readonly scheme: Scheme | null;
  readonly setScheme: (scheme: Scheme) => void;
};

/** What belongs to this browser and not to the server; see public/theme-init.js. */
export const useUi = create<Ui>()(
  persist(
    (set) => ({
      scheme: null,
      setScheme: (scheme) => {
        document.documentElement.dataset.scheme = scheme;
        set({ scheme });
      },
    }),
    { name: 'weir-ui', version: 1 },
  ),
);

export function systemScheme(): Scheme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
