const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const precise = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'full',
  timeStyle: 'long',
});

/** 'now', '5 min. ago', 'in 2 hr.'; dates further than a month away as a date. */
export function ago(at: string, now: number): string {
  const distance = Date.parse(at) - now;
  if (Math.abs(distance) < 5_000) return 'now';
  if (Math.abs(distance) > 30 * 86_400_000) return absolute.format(new Date(at));
  for (const [unit, size] of steps) {
    if (Math.abs(distance) >= size) return relative.format(Math.trunc(distance / size), unit);
  }
  return 'now';
}

/** With the time zone, as a tooltip shows it. */
export function fullTime(at: string): string {
  return precise.format(new Date(at));
}

/** The clock time with milliseconds, as a timeline shows it. */
export function clock(at: string): string {
  const d = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  const ms = String(d.getMilliseconds()).padStart(3, '0');
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${ms}`;
}

/** '840 ms', '12 s', '3 min 4 s', '2 h 5 min', '3 d 4 h'. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const s = Math.floor(ms / 1_000);
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  if (min < 60) return pair(min, 'min', s % 60, 's');
  const h = Math.floor(min / 60);
  if (h < 48) return pair(h, 'h', min % 60, 'min');
  return pair(Math.floor(h / 24), 'd', h % 24, 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`;
}

/** When a day of this browser's calendar begins, `later` days after `day`. */
export function dayStart(day: string, later: number): string | undefined {
  const [year, month, date] = day.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const start = new Date(year, month - 1, date + later);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}
