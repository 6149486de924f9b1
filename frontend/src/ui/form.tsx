import { zodResolver } from '@hookform/resolvers/zod';
import TextField from '@mui/material/TextField';
import type { ReactNode } from 'react';
import {
  FormProvider,
  useController,
  useForm,
  type DefaultValues,
  type FieldValues,
} from 'react-hook-form';
import type { z } from '../lib/zod';

type Props<I extends FieldValues, O> = {
  readonly id: string;
  readonly schema: z.ZodMiniType<O, I>;
  readonly defaults: DefaultValues<I>;
  readonly onSubmit: (values: O) => void;
  readonly children: ReactNode;
};

/** A form whose schema is its only rule; submits what the schema puts out. */
export function Form<I extends FieldValues, O>(props: Props<I, O>) {
  const { id, schema, defaults, onSubmit, children } = props;
  const form = useForm<I, unknown, O>({
    resolver: zodResolver<I, unknown, O>(schema),
    defaultValues: defaults,
  });
  /* Parsed here: the form clones what it hands on, which would take numbers that
     are kept as text (lib/json.ts) for objects. */
  const submit = () => {
    onSubmit(schema.parse(form.getValues()));
  };
  return (
    <FormProvider {...form}>
      <form
        id={id}
        noValidate
        onSubmit={(event) => void form.handleSubmit(submit)(event)}
        className="flex flex-col gap-4"
      >
        {children}
      </form>
    </FormProvider>
  );
}

type FieldProps = {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'password';
  readonly autoComplete?: string;
  readonly autoFocus?: boolean;
};

export function Field({ name, label, hint, type = 'text', autoComplete, autoFocus }: FieldProps) {
  const { field, fieldState } = useController<Record<string, string>>({ name });
  const below = fieldState.error?.message ?? hint;
  return (
    <TextField
      inputRef={field.ref}
      name={field.name}
      value={field.value}
      onChange={field.onChange}
      onBlur={field.onBlur}
      label={label}
      type={type}
      error={fieldState.invalid}
      {...(below !== undefined && { helperText: below })}
      {...(autoComplete !== undefined && { autoComplete })}
      {...(autoFocus === true && { autoFocus })}
    />
  );
}
