/*
 * JSON without loss: the engine keeps numbers as decimals, a browser as doubles.
 * A number that a double cannot hold is kept as its source text, prints as it
 * came and goes back unchanged (JSON.rawJSON, where the browser has it).
 */
type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;
type RawJson = { parse(text: string, reviver: Reviver): unknown; rawJSON?(text: string): unknown };

const json: RawJson = JSON;

/** Whether a double prints `source` back as the same decimal number. */
export function isExact(source: string, value: number): boolean {
  return digits(source) === digits(String(value));
}

/* A number as its significant digits and exponent: '1.50e3' -> '15e2'. */
function digits(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const all = (whole + fraction).replace(/^0+/, '');
  const kept = all.replace(/0+$/, '');
  if (kept === '') return '0';
  const power = Number(exponent) - fraction.length + (all.length - kept.length);
  return `${text.startsWith('-') ? '-' : ''}${kept}e${power}`;
}

export function parseJson(text: string): unknown {
  return json.parse(text, (_key, value, context) => {
    if (typeof value !== 'number' || !json.rawJSON || context?.source === undefined) return value;
    return isExact(context.source, value) ? value : json.rawJSON(context.source);
  });
}

/** One line, as a table cell shows it. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value);
}

/** Several lines, as an editor shows it. */
export function prettyJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
