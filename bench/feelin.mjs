// feelin: the same expressions here and in feelin (npm), in one run.
//
//     node bench/feelin.mjs BUILD FEELIN [TCK [MILLISECONDS]]
//
// BUILD is the build folder with bench/feel, FEELIN the folder of the package,
// TCK the feel.jsonl of the visible cases.  bench/README.md says what is
// measured.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const [build, folder, tck, ms = '20'] = process.argv.slice(2)
if (!folder) {
  console.error('usage: feelin.mjs BUILD FEELIN [TCK [MILLISECONDS]]')
  process.exit(2)
}
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname)
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'feelin-'))

/** The package offers no way to parse once: its interpreter is let out. */
async function load() {
  const dist = path.join(folder, 'dist')
  const copy = path.join(dist, `.inside-${process.pid}.mjs`)
  const text = fs.readFileSync(path.join(dist, 'index.js'), 'utf8')
  fs.writeFileSync(
    copy,
    `${text}\nexport { interpreter, InterpreterContext, coerceContext };\n`,
  )
  try {
    return await import(pathToFileURL(path.resolve(copy)).href)
  } finally {
    fs.rmSync(copy)
  }
}

function subjects() {
  const all = fs
    .readFileSync(path.join(here, 'feel.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((l) => JSON.parse(l))
  if (tck)
    for (const line of fs.readFileSync(tck, 'utf8').split('\n').filter(Boolean)) {
      const c = JSON.parse(line)
      if (!c.errorResult) all.push({ class: 'tck', expr: c.expr })
    }
  return all
}

/** Nanoseconds of processor time of one call, for as long as ours; before that
 * half as long for the compiler to warm up. */
function time(call) {
  spend(call, Number(ms) * 500)
  return spend(call, Number(ms) * 1000)
}

function spend(call, budget) {
  const begin = process.cpuUsage()
  let n = 0
  let spent
  do {
    for (let k = 0; k < 16; k++, n++) call()
    const used = process.cpuUsage(begin)
    spent = used.user + used.system
  } while (spent < budget)
  return (spent * 1000) / n
}

/** `api`: what its users call; `tree`: what is left when it is parsed once. */
function measure(feelin, s) {
  const context = { ...s.context }
  if (s.unary) context['?'] = s.input
  try {
    const api = s.unary ? feelin.unaryTest : feelin.evaluate
    const method = s.unary ? 'unaryTest' : 'evaluate'
    const given = feelin.coerceContext(context)
    const { root } = feelin.interpreter[method](
      s.expr,
      given,
      undefined,
      new feelin.InterpreterContext(),
    )
    const tree = s.unary
      ? () => root(given)(given['?'])
      : () => root(given)
    api(s.expr, context)
    return { api: time(() => api(s.expr, context)), tree: time(tree) }
  } catch {
    return undefined
  }
}

const feelin = await load()
const all = subjects()
const file = path.join(tmp, 'subjects.jsonl')
fs.writeFileSync(file, all.map((s) => `${JSON.stringify(s)}\n`).join(''))
const ours = execFileSync(path.join(build, 'bench', 'feel'), [file, ms], {
  encoding: 'utf8',
  maxBuffer: 1 << 26,
})
  .trim()
  .split('\n')
  .map((l) => JSON.parse(l))
fs.rmSync(tmp, { recursive: true })

const round = (x) => Number(x.toPrecision(3))
const classes = new Map()
all.forEach((s, k) => {
  const sum = classes.get(s.class) ?? { n: 0, left: 0, ours: 0, api: 0, tree: 0, least: Infinity }
  const theirs = ours[k].ns > 0 ? measure(feelin, s) : undefined
  classes.set(s.class, sum)
  if (!theirs) {
    sum.left++
    return
  }
  sum.n++
  sum.ours += ours[k].ns
  sum.api += theirs.api
  sum.tree += theirs.tree
  sum.least = Math.min(sum.least, theirs.api / ours[k].ns)
})
for (const [name, sum] of classes)
  console.log(
    JSON.stringify({
      bench: 'feel',
      class: name,
      expressions: sum.n,
      left_out: sum.left,
      weir_per_s: round((sum.n * 1e9) / sum.ours),
      feelin_per_s: round((sum.n * 1e9) / sum.api),
      ratio: round(sum.api / sum.ours),
      least_ratio: round(sum.least),
      feelin_parsed_per_s: round((sum.n * 1e9) / sum.tree),
      parsed_ratio: round(sum.tree / sum.ours),
    }),
  )
