import { useMutation } from '@tanstack/react-query';
import { useController, useWatch } from 'react-hook-form';

import { incidents } from '../../api/queries/incidents';
import type { Incident } from '../../api/types';
import { noVariables, variablesField } from '../../lib/variables';
import { z } from '../../lib/zod';
import { Dialog } from '../../ui/dialog';
import { Field, Form } from '../../ui/form';
import { notify } from '../../ui/notify';
import { VariablesField } from '../../ui/variables-field';

const tries = /^[1-9]\d{0,3}$|^10000$/;

const schema = z.object({
  how: z.enum(['retry', 'skip']),
  retries: z.string().check(z.trim(), z.regex(tries, 'A whole number from 1 to 10000')),
  variables: variablesField,
});

type Values = z.input<typeof schema>;
type How = Values['how'];

const ways: readonly { how: How; label: string; effect: string }[] = [
  {
    how: 'retry',
    label: 'Try again',
    effect: 'The variables below are set first, then the element runs again.',
  },
  {
    how: 'skip',
    label: 'Skip the element',
    effect: 'It is left as if it had completed, with the variables below as its result.',
  },
];

type Props = {
  readonly incident: Incident;
  readonly place: string;
  readonly onClose: () => void;
};

/** Lets a stopped element run again or be skipped, with variables for either. */
export default function RepairDialog({ incident, place, onClose }: Props) {
  const resolve = useMutation(incidents.resolve(incident.id));
  const hasJob = incident.job !== undefined;
  const submit = ({ how, retries, variables }: z.output<typeof schema>) => {
    const body =
      how === 'skip'
        ? { skip: true, variables }
        : { variables, ...(hasJob && { retries: Number(retries) }) };
    resolve.mutate(body, {
      onSuccess: () => {
        notify.success(how === 'skip' ? `Skipped ${place}` : `Tried ${place} again`);
        onClose();
      },
    });
  };
  return (
    <Dialog
      open
      wide
      title={`Repair ${place}`}
      onClose={onClose}
      problem={resolve.error}
      action="Repair"
      busy={resolve.isPending}
      form="repair"
    >
      <div className="text-sm">
        <p className="m-0 font-semibold break-words text-incident first-letter:uppercase">
          {incident.message}
        </p>
        {incident.nextAction && <p className="mt-1 mb-0 text-text-2">{incident.nextAction}</p>}
      </div>
      <Form
        id="repair"
        schema={schema}
        defaults={{ how: 'retry', retries: '1', variables: noVariables }}
        onSubmit={submit}
      >
        <WayField />
        {hasJob && <RetriesField />}
        <ResultField />
      </Form>
    </Dialog>
  );
}

function useHow(): How {
  return useWatch<Values, 'how'>({ name: 'how' });
}

function WayField() {
  const { field } = useController<Values, 'how'>({ name: 'how' });
  return (
    <fieldset className="m-0 flex min-w-0 flex-col gap-2 border-0 p-0">
      <legend className="sr-only">What to do</legend>
      {ways.map(({ how, label, effect }) => (
        <label
          key={how}
          className={`flex cursor-pointer items-start gap-3 rounded-card border px-3 py-2.5 ${field.value === how ? 'border-accent bg-accent-soft' : 'border-line hover:bg-hover'}`}
        >
          <input
            type="radio"
            name={field.name}
            value={how}
            checked={field.value === how}
            onChange={field.onChange}
            className="mt-1 accent-accent"
          />
          <span>
            <span className="block font-semibold">{label}</span>
            <span className="block text-sm text-text-2">{effect}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function RetriesField() {
  return useHow() === 'retry' ? (
    <Field
      name="retries"
      label="Attempts"
      hint="How often its work may fail before it stops again."
    />
  ) : null;
}

function ResultField() {
  return <VariablesField label={useHow() === 'skip' ? 'Result' : 'Variables'} />;
}
