import InputAdornment from '@mui/material/InputAdornment';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useEffect, useRef, useState } from 'react';

import { SearchIcon } from './icons';

type TextProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
};

/** A filter that asks the server once typing pauses. */
export function TextFilter({ label, value, onChange }: TextProps) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (seen !== value) {
    setSeen(value);
    setText(value);
  }
  useEffect(() => {
    if (text === value) return;
    timer.current = setTimeout(() => {
      onChange(text.trim());
    }, 350);
    return () => {
      clearTimeout(timer.current);
    };
  }, [text, value, onChange]);
  /* At once when the field is left: a link that is clicked leads away. */
  const commit = () => {
    clearTimeout(timer.current);
    if (text !== value) onChange(text.trim());
  };
  return (
    <TextField
      label={label}
      value={text}
      onBlur={commit}
      onChange={(event) => {
        setText(event.target.value);
      }}
      className="max-md:col-span-2 md:max-w-64"
      slotProps={{
        input: {
          startAdornment: (
            <InputAdornment position="start">
              <SearchIcon aria-hidden fontSize="small" />
            </InputAdornment>
          ),
        },
      }}
    />
  );
}

type ChoiceProps = TextProps & {
  readonly any: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
};

export function ChoiceFilter({ label, any, value, choices, onChange }: ChoiceProps) {
  return (
    <TextField
      select
      label={label}
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      className="md:max-w-52"
      slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
    >
      <MenuItem value="">{any}</MenuItem>
      {choices.map((choice) => (
        <MenuItem key={choice.value} value={choice.value}>
          {choice.label}
        </MenuItem>
      ))}
    </TextField>
  );
}

/** A day of the calendar, '2026-01-31'. */
export function DayFilter({ label, value, onChange }: TextProps) {
  return (
    <TextField
      type="date"
      label={label}
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      className="md:max-w-40"
      slotProps={{ inputLabel: { shrink: true } }}
    />
  );
}
