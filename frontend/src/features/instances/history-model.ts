import type { HistoryEvent, HistoryType } from '../../api/types';
import { formatJson } from '../../lib/json';
import type { Tone } from '../../ui/tone';

type Row = { readonly label: string; readonly tone: Tone };

/* A kind of event the engine adds does not compile until it has its row here. */
export const kinds = {
  'instance-started': { label: 'Instance started', tone: 'active' },
  'instance-completed': { label: 'Instance completed', tone: 'done' },
  'instance-failed': { label: 'Instance failed', tone: 'incident' },
  'instance-canceled': { label: 'Instance canceled', tone: 'neutral' },
  'instance-modified': { label: 'Instance modified', tone: 'active' },
  'instance-migrated': { label: 'Migrated to another version', tone: 'active' },
  'instance-suspended': { label: 'Instance suspended', tone: 'suspended' },
  'instance-resumed': { label: 'Instance resumed', tone: 'active' },
  'element-started': { label: 'Entered', tone: 'active' },
  'element-completed': { label: 'Completed', tone: 'done' },
  'element-canceled': { label: 'Canceled', tone: 'neutral' },
  'element-suspended': { label: 'Element suspended', tone: 'suspended' },
  'element-resumed': { label: 'Element resumed', tone: 'active' },
  'token-parked': { label: 'Parked: the element is suspended', tone: 'suspended' },
  'token-released': { label: 'Goes on from where it parked', tone: 'active' },
  'trigger-parked': { label: 'Kept until the element is resumed', tone: 'suspended' },
  'element-passed': { label: 'Passed', tone: 'done' },
  'flow-taken': { label: 'Took the flow', tone: 'neutral' },
  'variable-set': { label: 'Variable set', tone: 'active' },
  'variable-removed': { label: 'Variable removed', tone: 'neutral' },
  'task-created': { label: 'Task created', tone: 'waiting' },
  'task-assigned': { label: 'Task assigned', tone: 'active' },
  'task-completed': { label: 'Task completed', tone: 'done' },
  'task-canceled': { label: 'Task canceled', tone: 'neutral' },
  'job-created': { label: 'Job created', tone: 'waiting' },
  'job-completed': { label: 'Job completed', tone: 'done' },
  'job-failed': { label: 'Job failed', tone: 'incident' },
  'job-changed': { label: 'Job changed', tone: 'neutral' },
  'job-canceled': { label: 'Job canceled', tone: 'neutral' },
  'timer-armed': { label: 'Timer set', tone: 'waiting' },
  'timer-fired': { label: 'Timer fired', tone: 'active' },
  'timer-canceled': { label: 'Timer canceled', tone: 'neutral' },
  'timer-missed': { label: 'Firings missed', tone: 'neutral' },
  'timer-overdue': { label: 'Timer due, kept until another listener was told', tone: 'waiting' },
  'subscription-opened': { label: 'Waits for an event', tone: 'waiting' },
  'conversation-keyed': { label: 'The conversation has its key', tone: 'active' },
  'message-received': { label: 'Message received', tone: 'active' },
  'subscription-closed': { label: 'Waits for it no longer', tone: 'neutral' },
  'incident-created': { label: 'Incident', tone: 'incident' },
  'incident-resolved': { label: 'Incident resolved', tone: 'done' },
  'error-thrown': { label: 'Error thrown', tone: 'incident' },
  'loop-started': { label: 'Repetition begun', tone: 'active' },
  'loop-completed': { label: 'Repetition completed', tone: 'done' },
  'loop-canceled': { label: 'Repetition canceled', tone: 'neutral' },
  'loop-planned': { label: 'Repetition planned', tone: 'waiting' },
  'signal-received': { label: 'Signal received', tone: 'active' },
  'signal-thrown': { label: 'Signal thrown', tone: 'active' },
  'message-thrown': { label: 'Message thrown', tone: 'active' },
  'escalation-thrown': { label: 'Escalation thrown', tone: 'active' },
  'instance-compensating': { label: 'Compensated after its end', tone: 'active' },
  'instance-compensated': { label: 'All of it is compensated', tone: 'done' },
  'instance-compensation-canceled': { label: 'Its compensation was canceled', tone: 'neutral' },
  'call-compensating': { label: 'Called process is compensated', tone: 'waiting' },
  'call-compensated': { label: 'Called process compensated', tone: 'done' },
  'compensation-started': { label: 'Compensation started', tone: 'waiting' },
  'compensation-completed': { label: 'Compensated', tone: 'done' },
  'compensation-canceled': { label: 'Compensation canceled', tone: 'neutral' },
  'condition-met': { label: 'Condition met', tone: 'active' },
  'condition-armed': { label: 'Condition armed', tone: 'waiting' },
  'condition-closed': { label: 'Condition no longer waited for', tone: 'neutral' },
  'condition-lapsed': { label: 'Condition no longer holds', tone: 'waiting' },
  'decision-made': { label: 'Decision made', tone: 'done' },
  'call-started': { label: 'Called a process', tone: 'active' },
  'call-completed': { label: 'Called process completed', tone: 'done' },
  'call-failed': { label: 'Called process failed', tone: 'incident' },
  'call-canceled': { label: 'Called process canceled', tone: 'neutral' },
  'ad-hoc-closed': { label: 'Nothing more is started', tone: 'neutral' },
  'task-delegated': { label: 'Task delegated', tone: 'active' },
  'task-resolved': { label: 'Task given back', tone: 'active' },
  'task-changed': { label: 'Task changed', tone: 'neutral' },
  'task-commented': { label: 'Comment', tone: 'neutral' },
  'task-drafted': { label: 'Draft saved', tone: 'neutral' },
  'step-cut': { label: 'Step cut, goes on', tone: 'neutral' },
  'step-continued': { label: 'Step went on', tone: 'neutral' },
} as const satisfies Record<HistoryType, Row>;

/* What the console does not know yet is shown under its own name. */
export function kindOf(type: HistoryType): Row {
  return type in kinds ? kinds[type] : { label: type, tone: 'neutral' };
}

/** What came with an event, in one line: `amount = 12, reason = "late"`. */
export function details(event: HistoryEvent): string {
  return Object.entries(event.data)
    .map(([name, value]) => `${name} = ${formatJson(value)}`)
    .join(', ');
}

/** Flows and entries of automatic steps are left out unless asked for. */
export function matters(event: HistoryEvent): boolean {
  return event.type !== 'flow-taken' && event.type !== 'element-started';
}
