import type { SvgIconProps } from '@mui/material/SvgIcon';
import type { ComponentType } from 'react';

export type Tone = 'active' | 'waiting' | 'done' | 'incident' | 'suspended' | 'neutral';

/** What a state looks like: never colour alone, always with icon and label. */
export type Look = {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: ComponentType<SvgIconProps>;
};

export const toneText: Record<Tone, string> = {
  active: 'text-active',
  waiting: 'text-waiting',
  done: 'text-done',
  incident: 'text-incident',
  suspended: 'text-suspended',
  neutral: 'text-neutral',
};

export const toneBox: Record<Tone, string> = {
  active: 'border-active-line bg-active-soft text-active',
  waiting: 'border-waiting-line bg-waiting-soft text-waiting',
  done: 'border-done-line bg-done-soft text-done',
  incident: 'border-incident-line bg-incident-soft text-incident',
  suspended: 'border-suspended-line bg-suspended-soft text-suspended',
  neutral: 'border-neutral-line bg-neutral-soft text-neutral',
};

export function Chip({ look, label }: { look: Look; label?: string }) {
  const Icon = look.icon;
  return (
    <span
      className={`inline-flex h-6 items-center gap-1 rounded-full border px-2 text-xs font-semibold whitespace-nowrap ${toneBox[look.tone]}`}
    >
      <Icon aria-hidden sx={{ fontSize: 14 }} />
      {label ?? look.label}
    </span>
  );
}
