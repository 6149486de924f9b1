/*
 * Variables as people type them: rows of name, type and text, or one JSON
 * object.  Both become the `{name: json}` that the engine takes.
 */
import { z } from './zod';

import { formatJson, parseJson, prettyJson } from './json';

export const types = {
  string: { label: 'Text', hint: 'any text' },
  number: { label: 'Number', hint: '12.50' },
  boolean: { label: 'True / false', hint: 'true or false' },
  date: { label: 'Date', hint: 'YYYY-MM-DD' },
  datetime: { label: 'Date and time', hint: '2026-01-31T09:30:00Z' },
  json: { label: 'JSON', hint: '{"a": [1, 2]}' },
} as const;

export type VariableType = keyof typeof types;
export const typeNames = ['string', 'number', 'boolean', 'date', 'datetime', 'json'] as const;

export type Variables = Record<string, unknown>;

const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const date = /^\d{4}-\d{2}-\d{2}$/;
const datetime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

type Read =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };
const good = (value: unknown): Read => ({ ok: true, value });
const bad = (why: string): Read => ({ ok: false, why });

const readers: Record<VariableType, (text: string) => Read> = {
  string: good,
  number: (text) =>
    number.test(text.trim())
      ? good(parseJson(text.trim()))
      : bad('Not a number, for example 12.50'),
  boolean: (text) =>
    text === 'true' || text === 'false' ? good(text === 'true') : bad('Either true or false'),
  date: (text) =>
    isDay(text) ? good({ $type: 'date', value: text }) : bad('Not a date, for example 2026-01-31'),
  datetime: (text) =>
    datetime.test(text) && isDay(text.slice(0, 10))
      ? good({ $type: 'datetime', value: text })
      : bad('Not a date and time with zone, for example 2026-01-31T09:30:00Z'),
  json: (text) => {
    try {
      return good(parseJson(text));
    } catch (error) {
      return bad(error instanceof Error ? error.message : 'Not JSON');
    }
  },
};

function isDay(text: string): boolean {
  if (!date.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

export function readValue(type: VariableType, text: string): Read {
  return readers[type](text);
}

/** The row that shows an existing value; the reverse of readValue. */
export function showValue(value: unknown): { type: VariableType; text: string } {
  if (typeof value === 'string') return { type: 'string', text: value };
  if (typeof value === 'boolean') return { type: 'boolean', text: String(value) };
  const text = formatJson(value);
  if (number.test(text)) return { type: 'number', text };
  const tagged = tag.safeParse(value);
  if (tagged.success) {
    const { $type, value: inner } = tagged.data;
    if ($type === 'decimal') return { type: 'number', text: inner };
    if ($type === 'date' || $type === 'datetime') return { type: $type, text: inner };
  }
  return { type: 'json', text: prettyJson(value) };
}

/** One line for a reader: a date as a date, everything that JSON has as JSON. */
export function plainValue(value: unknown): string {
  const tagged = tag.safeParse(value);
  return tagged.success ? tagged.data.value : formatJson(value);
}

/* How values beyond JSON come with `typed=true`. */
const tag = z.strictObject({
  $type: z.enum(['date', 'time', 'datetime', 'duration', 'decimal', 'bytes']),
  value: z.string(),
});

export type Row = { name: string; type: VariableType; text: string };

/** A form field of variables, and what it says to the engine. */
export const variablesField = z.pipe(
  z.object({
    mode: z.enum(['rows', 'json']),
    rows: z.array(z.object({ name: z.string(), type: z.enum(typeNames), text: z.string() })),
    json: z.string(),
  }),
  z.transform((field, { issues }): Variables => {
    const issue = (message: string, ...path: (string | number)[]) => {
      issues.push({ code: 'custom', message, path, input: field });
    };
    if (field.mode === 'json') {
      const read = readObject(field.json);
      if (read.ok) return read.value;
      issue(read.why, 'json');
      return {};
    }
    const out = new Map<string, unknown>();
    field.rows.forEach((row, i) => {
      const name = row.name.trim();
      if (name === '') issue('A name is needed', 'rows', i, 'name');
      else if (out.has(name)) issue('This name is there already', 'rows', i, 'name');
      const read = readValue(row.type, row.text);
      if (!read.ok) issue(read.why, 'rows', i, 'text');
      else if (name !== '') out.set(name, read.value);
    });
    return Object.fromEntries(out);
  }),
);

const object = z.record(z.string(), z.unknown());

type ReadObject =
  { readonly ok: true; readonly value: Variables } | { readonly ok: false; readonly why: string };

export function readObject(text: string): ReadObject {
  if (text.trim() === '') return { ok: true, value: {} };
  const read = readValue('json', text);
  if (!read.ok) return read;
  const parsed = object.safeParse(read.value);
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, why: 'An object of names and values, for example {"amount": 12.5}' };
}

export function toRows(variables: Variables): Row[] {
  return Object.entries(variables).map(([name, value]) => ({ name, ...showValue(value) }));
}

export const noVariables: z.input<typeof variablesField> = { mode: 'rows', rows: [], json: '{}' };
