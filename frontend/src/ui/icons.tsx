import { createSvgIcon } from '@mui/material/utils';
import type { ReactNode } from 'react';

/* Drawn on a 24 px grid with 1.75 px round strokes. */
const icon = (name: string, paths: ReactNode) =>
  createSvgIcon(
    <g
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {paths}
    </g>,
    name,
  );

export const DefinitionIcon = icon(
  'Definition',
  <>
    <circle cx="5" cy="12" r="2.5" />
    <rect x="10.5" y="3.5" width="10" height="6" rx="1.5" />
    <rect x="10.5" y="14.5" width="10" height="6" rx="1.5" />
    <path d="M7.5 11.5 10.5 6.5M7.5 12.5l3 5" />
  </>,
);
export const InstanceIcon = icon(
  'Instance',
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="m10 8.5 5.5 3.5-5.5 3.5z" />
  </>,
);
export const TaskIcon = icon(
  'Task',
  <>
    <rect x="4" y="4" width="16" height="16" rx="3" />
    <path d="m8.5 12 2.5 2.5 4.5-5" />
  </>,
);
export const IncidentIcon = icon(
  'Incident',
  <>
    <path d="M12 4 3.5 19h17z" />
    <path d="M12 10v4M12 16.6v.1" />
  </>,
);
export const WaitingIcon = icon(
  'Waiting',
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7.5V12l3 2" />
  </>,
);
export const DoneIcon = icon(
  'Done',
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="m8.5 12 2.5 2.5 4.5-5" />
  </>,
);
export const CanceledIcon = icon(
  'Canceled',
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="m9 9 6 6M15 9l-6 6" />
  </>,
);
export const SuspendedIcon = icon(
  'Suspended',
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M10 9v6M14 9v6" />
  </>,
);
export const JoinIcon = icon('Join', <path d="M4 6h5l4 6-4 6H4M13 12h7" />);
export const SunIcon = icon(
  'Sun',
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" />
  </>,
);
export const MoonIcon = icon('Moon', <path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z" />);
export const MenuIcon = icon('Menu', <path d="M4 7h16M4 12h16M4 17h16" />);
export const PlusIcon = icon('Plus', <path d="M12 5v14M5 12h14" />);
export const MinusIcon = icon('Minus', <path d="M5 12h14" />);
export const FitIcon = icon('Fit', <path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />);
export const CopyIcon = icon(
  'Copy',
  <>
    <rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2" />
    <path d="M15.5 8.5V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.5a2 2 0 0 0 2 2h2.5" />
  </>,
);
export const RetryIcon = icon(
  'Retry',
  <path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4v5h-5" />,
);
export const SearchIcon = icon(
  'Search',
  <>
    <circle cx="10.5" cy="10.5" r="6.5" />
    <path d="m15.5 15.5 5 5" />
  </>,
);
export const CloseIcon = icon('Close', <path d="m6 6 12 12M18 6 6 18" />);
export const PlayIcon = icon('Play', <path d="m8 5.5 10.5 6.5L8 18.5z" />);
export const EditIcon = icon('Edit', <path d="M4 20v-4L15.5 4.5l4 4L8 20zM13 7l4 4" />);
export const TrashIcon = icon(
  'Trash',
  <path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10.5 11v5.5M13.5 11v5.5" />,
);
export const UserIcon = icon(
  'User',
  <>
    <circle cx="12" cy="8.5" r="4" />
    <path d="M4.5 20c1-3.5 4-5 7.5-5s6.5 1.5 7.5 5" />
  </>,
);
export const LeaveIcon = icon('Leave', <path d="M10 4H5v16h5M14 8l4 4-4 4M18 12H9" />);
export const UploadIcon = icon('Upload', <path d="M12 16V4M7.5 8.5 12 4l4.5 4.5M4 16v4h16v-4" />);
export const LockIcon = icon(
  'Lock',
  <>
    <rect x="5" y="11" width="14" height="9" rx="2" />
    <path d="M8 11V8a4 4 0 0 1 8 0v3" />
  </>,
);
export const NextIcon = icon('Next', <path d="m9.5 5.5 6.5 6.5-6.5 6.5" />);
export const BackIcon = icon('Back', <path d="M14.5 5.5 8 12l6.5 6.5" />);
export const DownIcon = icon('Down', <path d="m5.5 9.5 6.5 6.5 6.5-6.5" />);
export const DownloadIcon = icon(
  'Download',
  <path d="M12 4v12M7.5 11.5 12 16l4.5-4.5M4 16v4h16v-4" />,
);
