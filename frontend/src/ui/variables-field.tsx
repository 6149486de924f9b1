import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import MenuItem from '@mui/material/MenuItem';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import TextField from '@mui/material/TextField';
import { useController, useFieldArray, useFormContext, useWatch } from 'react-hook-form';

import { prettyJson } from '../lib/json';
import {
  readObject,
  toRows,
  typeNames,
  types,
  variablesField,
  type VariableType,
} from '../lib/variables';
import type { z } from '../lib/zod';
import { PlusIcon, TrashIcon } from './icons';

type Values = { variables: z.input<typeof variablesField> };

/** Variables as typed rows or as one JSON object, in a form's field `variables`. */
export function VariablesField({ label }: { label: string }) {
  const { control, getValues, setValue } = useFormContext<Values>();
  const mode = useWatch({ control, name: 'variables.mode' });

  const change = (to: 'rows' | 'json') => {
    const variables = getValues('variables');
    if (to === 'json') {
      const read = variablesField.safeParse({ ...variables, mode: 'rows' });
      if (read.success) setValue('variables.json', prettyJson(read.data));
    } else {
      const read = readObject(variables.json);
      if (read.ok) setValue('variables.rows', toRows(read.value));
    }
    setValue('variables.mode', to);
  };

  return (
    <fieldset className="m-0 min-w-0 rounded-card border border-line p-0">
      <legend className="sr-only">{label}</legend>
      <div className="flex items-center justify-between border-b border-line pr-2 pl-4">
        <span aria-hidden className="text-sm font-semibold">
          {label}
        </span>
        <Tabs
          value={mode}
          onChange={(_event, to: 'rows' | 'json') => {
            change(to);
          }}
          aria-label={`${label}: how to enter them`}
        >
          <Tab value="rows" label="Fields" />
          <Tab value="json" label="JSON" />
        </Tabs>
      </div>
      <div className="p-4">{mode === 'rows' ? <RowsField /> : <JsonField label={label} />}</div>
    </fieldset>
  );
}

function JsonField({ label }: { label: string }) {
  const { field, fieldState } = useController<Values, 'variables.json'>({ name: 'variables.json' });
  return (
    <TextField
      inputRef={field.ref}
      value={field.value}
      onChange={field.onChange}
      onBlur={field.onBlur}
      label={`${label} as JSON`}
      multiline
      minRows={6}
      maxRows={16}
      error={fieldState.invalid}
      helperText={fieldState.error?.message ?? 'One object: names and their values'}
      slotProps={{ htmlInput: { className: 'font-mono', spellCheck: false } }}
    />
  );
}

function RowsField() {
  const { control } = useFormContext<Values>();
  const { fields, append, remove } = useFieldArray({ control, name: 'variables.rows' });
  return (
    <div className="flex flex-col gap-3">
      {fields.length === 0 && <p className="m-0 text-sm text-text-2">No variables yet.</p>}
      {fields.map((field, i) => (
        <VariableRow
          key={field.id}
          index={i}
          remove={() => {
            remove(i);
          }}
        />
      ))}
      <div>
        <Button
          variant="outlined"
          startIcon={<PlusIcon />}
          onClick={() => {
            append({ name: '', type: 'string', text: '' });
          }}
        >
          Add a variable
        </Button>
      </div>
    </div>
  );
}

function VariableRow({ index, remove }: { index: number; remove: () => void }) {
  const at = `variables.rows.${index}` as const;
  const name = useController<Values, `${typeof at}.name`>({ name: `${at}.name` });
  const type = useController<Values, `${typeof at}.type`>({ name: `${at}.type` });
  return (
    <div className="grid grid-cols-[1fr_auto] items-start gap-2 sm:grid-cols-[minmax(0,3fr)_9.5rem_minmax(0,4fr)_auto]">
      <TextField
        inputRef={name.field.ref}
        value={name.field.value}
        onChange={name.field.onChange}
        onBlur={name.field.onBlur}
        label="Name"
        error={name.fieldState.invalid}
        helperText={name.fieldState.error?.message}
        slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'off' } }}
      />
      <TextField
        select
        label="Type"
        value={type.field.value}
        onChange={type.field.onChange}
        className="max-sm:col-span-2 max-sm:row-start-2"
      >
        {typeNames.map((each) => (
          <MenuItem key={each} value={each}>
            {types[each].label}
          </MenuItem>
        ))}
      </TextField>
      <div className="max-sm:col-span-2 max-sm:row-start-3">
        <ValueField name={`${at}.text`} type={type.field.value} />
      </div>
      <IconButton
        aria-label={`Remove the variable ${name.field.value || index + 1}`}
        onClick={remove}
        className="max-sm:col-start-2 max-sm:row-start-1"
      >
        <TrashIcon fontSize="small" />
      </IconButton>
    </div>
  );
}

/** A value of a type; `name` is where the form keeps its text. */
export function ValueField({ name, type }: { name: string; type: VariableType }) {
  const { field, fieldState } = useController<Record<string, string>>({ name });
  const error = fieldState.error?.message;
  const common = {
    inputRef: field.ref,
    value: field.value,
    onChange: field.onChange,
    onBlur: field.onBlur,
    label: 'Value',
    error: fieldState.invalid,
    ...(error !== undefined && { helperText: error }),
  };
  if (type === 'boolean') {
    return (
      <TextField select {...common}>
        <MenuItem value="true">true</MenuItem>
        <MenuItem value="false">false</MenuItem>
      </TextField>
    );
  }
  return (
    <TextField
      {...common}
      multiline={type === 'json'}
      maxRows={10}
      placeholder={types[type].hint}
      slotProps={{
        htmlInput: { spellCheck: false, ...(type === 'number' && { inputMode: 'decimal' }) },
      }}
    />
  );
}
