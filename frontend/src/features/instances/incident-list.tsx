import Button from '@mui/material/Button';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { incidents } from '../../api/queries/incidents';
import type { Incident } from '../../api/types';
import { FailureNote } from '../../ui/feedback';
import { IncidentIcon, RetryIcon } from '../../ui/icons';
import { later, useSoon } from '../../ui/later';
import { notify } from '../../ui/notify';
import { Ago } from '../../ui/time';

const RepairDialog = later(() => import('./repair-dialog'));

type Props = {
  readonly incidents: readonly Incident[];
  readonly names: ReadonlyMap<string, string>;
};

export function IncidentList({ incidents: list, names }: Props) {
  const open = list.filter(({ state }) => state === 'open');
  if (open.length === 0) return null;
  return (
    <ul aria-label="Open incidents" className="m-0 flex list-none flex-col gap-2 p-0">
      {open.map((incident) => (
        <IncidentNote
          key={incident.id}
          incident={incident}
          place={names.get(incident.element) ?? incident.element}
        />
      ))}
    </ul>
  );
}

function IncidentNote({ incident, place }: { incident: Incident; place: string }) {
  const retry = useMutation(incidents.resolve(incident.id));
  const [repairing, setRepairing] = useState(false);
  useSoon(RepairDialog);
  return (
    <li className="flex flex-col gap-3 rounded-card border border-incident-line bg-incident-soft p-4 sm:flex-row sm:items-start">
      <IncidentIcon aria-hidden className="text-incident" />
      <div className="min-w-0 flex-1">
        <p className="m-0 font-semibold break-words text-incident first-letter:uppercase">
          {incident.message}
        </p>
        <p className="mt-1 mb-0 text-sm break-words text-text-2">
          {incident.type} at <span className="font-semibold">{place}</span>,{' '}
          <Ago at={incident.createdAt} />
        </p>
        {incident.cause && <p className="mt-1 mb-0 text-sm text-text">{incident.cause}</p>}
        {incident.nextAction && (
          <p className="mt-1 mb-0 text-sm text-text">{incident.nextAction}</p>
        )}
        <div className="mt-2 empty:hidden">
          <FailureNote problem={retry.error} />
        </div>
      </div>
      <div className="flex gap-2">
        <Button
          variant="outlined"
          startIcon={<RetryIcon />}
          loading={retry.isPending}
          aria-label={`Retry the incident at ${place}`}
          onClick={() => {
            retry.mutate(
              {},
              {
                onSuccess: () => {
                  notify.success(`Tried ${place} again`);
                },
              },
            );
          }}
        >
          Retry
        </Button>
        <Button
          variant="outlined"
          aria-label={`Repair the incident at ${place}`}
          onClick={() => {
            setRepairing(true);
          }}
        >
          Repair…
        </Button>
      </div>
      {repairing && (
        <RepairDialog
          incident={incident}
          place={place}
          onClose={() => {
            setRepairing(false);
          }}
        />
      )}
    </li>
  );
}
