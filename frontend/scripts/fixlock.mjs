/*
 * Completes package-lock.json with the platform packages that the registry in
 * use could not serve.
 *
 * A native dependency lists one optional package per platform.  `npm install`
 * leaves out those it cannot find, and `npm ci` then refuses the lock file.
 * Each missing one gets an entry with its version, os and cpu: enough for
 * `npm ci`, which installs none of them on another platform.  Entries that npm
 * marks as extraneous are dropped.  Run it after every dependency change.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = ['android', 'darwin', 'freebsd', 'linux', 'openbsd', 'netbsd', 'sunos', 'win32'];
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

/** `@tailwindcss/oxide-linux-arm-gnueabihf` -> { os: ['linux'], cpu: ['arm'] } */
function platform(name) {
  const words = name.split(/[/-]/);
  const os = systems.filter((s) => words.includes(s));
  const cpu = processors.filter((p) => words.includes(p));
  return { ...(cpu.length && { cpu }), optional: true, ...(os.length && { os }) };
}

function present(from, name) {
  return `${from}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages;
}

lock.packages = Object.fromEntries(
  Object.entries(lock.packages).filter(([, entry]) => !entry.extraneous),
);

let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (present(path, name)) continue;
    lock.packages[`node_modules/${name}`] = { version, ...platform(name) };
    added += 1;
  }
}

lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} platform packages added`);
