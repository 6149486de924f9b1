import type { InstanceState, TaskState, TokenState } from '../api/types';
import {
  CanceledIcon,
  DoneIcon,
  IncidentIcon,
  InstanceIcon,
  JoinIcon,
  SuspendedIcon,
  UserIcon,
  WaitingIcon,
} from './icons';
import type { Look } from './tone';

/* A state the engine adds does not compile until it has its row here. */
export const instanceStates = {
  active: { label: 'Active', tone: 'active', icon: InstanceIcon },
  suspended: { label: 'Suspended', tone: 'suspended', icon: SuspendedIcon },
  completed: { label: 'Completed', tone: 'done', icon: DoneIcon },
  failed: { label: 'Failed', tone: 'incident', icon: CanceledIcon },
  canceled: { label: 'Canceled', tone: 'neutral', icon: CanceledIcon },
} as const satisfies Record<InstanceState, Look>;

export const tokenStates = {
  active: { label: 'Running', tone: 'active', icon: InstanceIcon },
  waiting: { label: 'Waiting', tone: 'waiting', icon: WaitingIcon },
  queued: { label: 'At a join', tone: 'neutral', icon: JoinIcon },
  incident: { label: 'Incident', tone: 'incident', icon: IncidentIcon },
  suspended: { label: 'Suspended', tone: 'suspended', icon: SuspendedIcon },
  compensating: { label: 'Compensating', tone: 'waiting', icon: WaitingIcon },
} as const satisfies Record<TokenState, Look>;

export const taskStates = {
  created: { label: 'Open', tone: 'waiting', icon: WaitingIcon },
  claimed: { label: 'Claimed', tone: 'active', icon: UserIcon },
  completed: { label: 'Completed', tone: 'done', icon: DoneIcon },
  canceled: { label: 'Canceled', tone: 'neutral', icon: CanceledIcon },
} as const satisfies Record<TaskState, Look>;

export const incidentLook: Look = { label: 'Incident', tone: 'incident', icon: IncidentIcon };
