/* budget.mjs: what each page makes a browser load, against what it may.  Reads the
   manifest of a build; prints a line for each budget, ends with 1 when one is
   exceeded.  KB are 1000 bytes after gzip -9, the form that nginx sends. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = process.argv[2] ?? 'dist';
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

const shell = 'index.html';
const page = (name) => `src/features/${name}.tsx`;
const scripts = [
  { what: 'shell', entry: shell, most: 205 },
  { what: 'log in', entry: page('auth/login-page'), most: 260 },
  { what: 'definitions, where one lands', entry: page('definitions/list-page'), most: 260 },
  { what: 'instances', entry: page('instances/list-page'), most: 260 },
  { what: 'tasks', entry: page('tasks/list-page'), most: 260 },
  { what: 'incidents', entry: page('incidents/list-page'), most: 260 },
  { what: 'instance', entry: page('instances/instance-page'), most: 285 },
  { what: 'definition', entry: page('definitions/definition-page'), most: 285 },
  { what: 'task', entry: page('tasks/task-page'), most: 285 },
];
const mostStyles = 20;

/* All chunks an entry needs before it runs; what it may load later is not there. */
function closure(entry, into = new Set()) {
  const chunk = manifest[entry];
  if (!chunk) throw new Error(`${entry} is not in the manifest of ${dist}`);
  if (into.has(entry)) return into;
  into.add(entry);
  for (const needed of chunk.imports ?? []) closure(needed, into);
  return into;
}

function size(file) {
  return gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
}

function sum(files) {
  return [...new Set(files)].reduce((total, file) => total + size(file), 0) / 1000;
}

let failed = false;
function report(what, kilobytes, most) {
  const measured = `${kilobytes.toFixed(1)} of at most ${most} KB`;
  const good = kilobytes <= most;
  failed ||= !good;
  console.log(good ? `ok budget ${what}: ${measured}` : `not ok budget ${what}: ${measured}`);
}

for (const { what, entry, most } of scripts) {
  const keys = [...closure(entry, closure(shell))];
  report(`${what}, script`, sum(keys.map((key) => manifest[key].file)), most);
  report(`${what}, styles`, sum(keys.flatMap((key) => manifest[key].css ?? [])), mostStyles);
}
process.exit(failed ? 1 : 0);
