import { useMutation } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { z } from '../../lib/zod';

import { definitions } from '../../api/queries/definitions';
import type { Definition } from '../../api/types';
import { noVariables, variablesField } from '../../lib/variables';
import { Dialog } from '../../ui/dialog';
import { Field, Form } from '../../ui/form';
import { notify } from '../../ui/notify';
import { VariablesField } from '../../ui/variables-field';

const schema = z.object({
  businessKey: z.string().check(z.trim(), z.maxLength(255, 'At most 255 characters')),
  variables: variablesField,
});

type Props = {
  readonly definition: Definition;
  /** The exact version, not whatever is the latest by then. */
  readonly pinned?: boolean;
  readonly onClose: () => void;
};

export default function StartDialog({ definition, pinned = false, onClose }: Props) {
  const start = useMutation(definitions.start());
  const navigate = useNavigate();
  const name = definition.name || definition.key;

  const submit = ({ businessKey, variables }: z.output<typeof schema>) => {
    start.mutate(
      {
        definition: pinned ? definition.id : definition.key,
        ...(businessKey !== '' && { businessKey }),
        variables,
      },
      {
        onSuccess: (instance) => {
          notify.success(`Started ${name}`);
          onClose();
          void navigate(`/instances/${instance.id}`);
        },
      },
    );
  };

  return (
    <Dialog
      open
      title={`Start ${name}`}
      wide
      onClose={onClose}
      problem={start.error}
      action="Start"
      busy={start.isPending}
      form="start"
    >
      <Form
        id="start"
        schema={schema}
        defaults={{ businessKey: '', variables: noVariables }}
        onSubmit={submit}
      >
        <Field
          name="businessKey"
          label="Business key"
          hint="Your own reference, for example an order number. It may stay empty."
          autoFocus
        />
        <VariablesField label="Variables" />
      </Form>
    </Dialog>
  );
}
