import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useController, useWatch } from 'react-hook-form';
import { z } from '../../lib/zod';

import { instances } from '../../api/queries/instances';
import { Problem } from '../../api/problem';
import type { Instance } from '../../api/types';
import { formatJson } from '../../lib/json';
import { readValue, showValue, typeNames, types } from '../../lib/variables';
import { Dialog } from '../../ui/dialog';
import { Field, Form } from '../../ui/form';
import { notify } from '../../ui/notify';
import { ValueField } from '../../ui/variables-field';
import { root, type Scope } from './scope-model';

const schema = z.pipe(
  z.object({
    name: z.string().check(z.trim(), z.minLength(1, 'A name is needed')),
    type: z.enum(typeNames),
    text: z.string(),
  }),
  z.transform(({ name, type, text }, { issues }): { name: string; value: unknown } => {
    const read = readValue(type, text);
    if (!read.ok) issues.push({ code: 'custom', message: read.why, path: ['text'], input: text });
    return { name, value: read.ok ? read.value : undefined };
  }),
);

/** A variable of a scope; a new one has no name yet. */
export type Editing = {
  readonly scope: Scope;
  readonly name: string;
  readonly value: unknown;
};

type Props = {
  readonly instance: Instance;
  readonly editing: Editing;
  readonly onClose: () => void;
};

/**
 * Changes one variable at the revision the person saw when opening the dialog:
 * when the instance has moved since, the server refuses and the newer value is
 * shown before anything is overwritten.
 */
export default function VariableDialog({ instance, editing, onClose }: Props) {
  const [rev, setRev] = useState(instance.rev);
  const [moved, setMoved] = useState(false);
  const save = useMutation(instances.setVariables(instance.id));
  const queryClient = useQueryClient();
  const { scope, name: old } = editing;
  const isNew = old === '';
  const where = scope.id === root ? '' : ` in ${scope.path}`;

  const look = async () => {
    const now = await queryClient.query({ ...instances.detail(instance.id), staleTime: 0 });
    await queryClient.invalidateQueries({ queryKey: instances.all });
    setRev(now.rev);
    setMoved(true);
  };
  const submit = ({ name, value }: z.output<typeof schema>) => {
    save.mutate(
      { rev, scope: scope.id, changes: { [name]: value } },
      {
        onSuccess: () => {
          notify.success(`Saved ${name}`);
          onClose();
        },
        onError: (problem) => {
          if (problem.status === 412) void look();
        },
      },
    );
  };

  return (
    <Dialog
      open
      title={isNew ? `Add a variable${where}` : `Change ${old}${where}`}
      onClose={onClose}
      problem={save.error && (save.error.status === 412 ? inWords(save.error) : save.error)}
      action={moved ? 'Save anyway' : 'Save'}
      busy={save.isPending}
      form="variable"
    >
      {moved && <Current instance={instance.id} scope={scope.id} name={old} />}
      <Form
        id="variable"
        schema={schema}
        defaults={{ name: old, ...showValue(editing.value) }}
        onSubmit={submit}
      >
        {isNew && <Field name="name" label="Name" autoFocus />}
        <TypeField />
        <TypedValue />
      </Form>
    </Dialog>
  );
}

function inWords(problem: Problem): Problem {
  const detail = 'The instance has moved on since you opened this. Look again before you save.';
  return new Problem({ code: problem.code, status: 412, title: problem.title, detail });
}

/* What the variable is now, as the newest answer has it. */
function Current({ instance, scope, name }: { instance: string; scope: string; name: string }) {
  const queryClient = useQueryClient();
  const { queryKey } = instances.variables({ id: instance, live: true });
  const value = queryClient.getQueryData(queryKey)?.[scope]?.[name];
  if (value === undefined) return null;
  return (
    <p className="m-0 text-sm text-text-2">
      Its value now: <span className="font-mono text-xs text-text">{formatJson(value)}</span>
    </p>
  );
}

function TypeField() {
  const { field } = useController<{ type: string }>({ name: 'type' });
  return (
    <TextField select label="Type" value={field.value} onChange={field.onChange}>
      {typeNames.map((name) => (
        <MenuItem key={name} value={name}>
          {types[name].label}
        </MenuItem>
      ))}
    </TextField>
  );
}

function TypedValue() {
  const type = z.catch(z.enum(typeNames), 'string').parse(useWatch({ name: 'type' }));
  return <ValueField name="text" type={type} />;
}
