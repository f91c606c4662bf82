// However the package is loaded, and however often.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'

import * as imported from '../index.mjs'
import { CALL, NONE, file, longPickle, pause } from './support/files.mjs'

const require = createRequire(import.meta.url)
const run = promisify(execFile)
const home = fileURLToPath(new URL('..', import.meta.url))
const call = file('call.pkl', CALL)
const none = file('none.pkl', NONE)

const folder = mkdtempSync(join(tmpdir(), 'weighbridge-copy-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** A copy of the package, as if it was installed for somebody. */
function copy(name) {
  const place = join(folder, name, 'node_modules', 'weighbridge')
  const isPart = (path) => !/\/(test|npm|examples)$/.test(path)
  cpSync(home, place, { recursive: true, filter: isPart })
  return place
}

/** Runs a worker, and gives its messages. */
function worker(source, workerData) {
  const worker = new Worker(source, { eval: true, workerData })
  const failed = new Promise((_, reject) => worker.once('error', reject))
  failed.catch(() => {})
  const message = () => Promise.race([new Promise((resolve) => worker.once('message', resolve)), failed])
  return { worker, message }
}

test('require and import give the same', () => {
  const required = require('..')
  assert.deepEqual({ ...imported }, { ...required })
  assert.deepEqual(Object.keys(imported).sort(), Object.keys(required).sort())
})

test('a package of somebody else can require and import it by its name', async () => {
  const place = join(folder, 'somebody')
  copy('somebody')
  const scripts = [
    `const { scanSync } = require('weighbridge'); console.log(scanSync(process.argv[1]).verdict)`,
    `import('weighbridge').then(async ({ scan }) => console.log((await scan(process.argv[1])).verdict))`,
  ]
  for (const script of scripts) {
    const { stdout } = await run(process.execPath, ['-e', script, call], { cwd: place })
    assert.equal(stdout, 'malicious\n')
  }
})

test('a process ends when its calls have ended', async () => {
  const script = `const w = require(${JSON.stringify(home)}); w.scan(process.argv[1]).then((r) => console.log(r.verdict))`
  const { stdout } = await run(process.execPath, ['-e', script, none])
  assert.equal(stdout, 'clean\n')
})

test('a process can exit while it scans', async () => {
  const script = `const w = require(${JSON.stringify(home)})
    for (let at = 0; at < 4; at += 1) w.scan(process.argv[1], { progress: () => process.exit(7) })`
  for (let round = 0; round < 5; round += 1) {
    const ended = spawnSync(process.execPath, ['-e', script, longPickle()], { encoding: 'utf8' })
    assert.deepEqual([ended.status, ended.signal, ended.stderr], [7, null, ''])
  }
})

const IN_WORKER = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { scan, scanBytes, scanSync } = require(workerData.home)
  parentPort.postMessage(scanSync(workerData.path).verdict)
  scan(workerData.path).then((report) => parentPort.postMessage(report))`

test('a worker scans', async () => {
  const { worker: thread, message } = worker(IN_WORKER, { home, path: call })
  assert.equal(await message(), 'malicious')
  assert.deepEqual(await message(), imported.scanSync(call))
  await thread.terminate()
})

const LONG_IN_WORKER = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { scan, scanMany, trace } = require(workerData.home)
  const keep = new AbortController()
  for (let at = 0; at < 4; at += 1) {
    scan(workerData.path, { signal: keep.signal, progress: () => parentPort.postMessage('running') })
  }
  trace(workerData.path)
  scanMany([workerData.path, workerData.path]).next()`

/** Starts workers that scan for long and terminates them, and looks at what is left. */
async function terminated(place) {
  const path = longPickle()
  for (let round = 0; round < 8; round += 1) {
    const workers = [1, 2].map(() => worker(LONG_IN_WORKER, { home: place, path }))
    await Promise.race(workers.map(({ message }) => message()))
    await pause(round * 3)
    await Promise.all(workers.map(({ worker: thread }) => thread.terminate()))
  }
}

test('a worker that is terminated takes its scans with it', async () => {
  await terminated(home)
  // Within the 50 ms in which scans look around, and what a busy machine adds.
  const begun = performance.now()
  assert.equal((await imported.scan(none)).verdict, 'clean')
  assert.ok(performance.now() - begun < 500, `${performance.now() - begun} ms`)
})

test('a worker that scans on its own thread can be terminated', async () => {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads')
    const { scanBytesSync, scanSync } = require(workerData.home)
    parentPort.postMessage('running')
    const bytes = require('node:fs').readFileSync(workerData.path)
    for (;;) workerData.isPath ? scanSync(workerData.path) : scanBytesSync(bytes)`
  for (const isPath of [true, false]) {
    const { worker: thread, message } = worker(source, { home, path: longPickle(), isPath })
    await message()
    await pause(isPath ? 200 : 500)
    const begun = performance.now()
    await thread.terminate()
    assert.ok(performance.now() - begun < 400, `${performance.now() - begun} ms`)
  }
})

test('workers that alone have loaded the package can be terminated', async () => {
  const place = copy('alone')
  await terminated(place)
  await pause(200)
  const { worker: thread, message } = worker(IN_WORKER, { home: place, path: call })
  assert.equal(await message(), 'malicious')
  assert.equal((await message()).verdict, 'malicious')
  await thread.terminate()
})

test('two copies work side by side', async () => {
  const [one, two] = [copy('one'), copy('two')].map((place) => require(place))
  const linked = join(folder, 'linked')
  symlinkSync(home, linked)
  const three = require(linked)
  assert.notEqual(one.scan, two.scan)
  const reports = await Promise.all(
    [imported, one, two, three].flatMap((each) => [each.scan(call), each.scanBytes(CALL, { name: call })]),
  )
  for (const report of reports) assert.deepEqual(report, reports[0])
  await assert.rejects(one.scan('/nowhere'), (error) => error instanceof one.ScanError && !(error instanceof two.ScanError))
  const both = worker(
    `const { parentPort, workerData } = require('node:worker_threads')
     Promise.all(workerData.homes.map((home) => require(home).scan(workerData.path)))
       .then((reports) => parentPort.postMessage(reports.map((report) => report.verdict)))`,
    { homes: [join(folder, 'one/node_modules/weighbridge'), join(folder, 'two/node_modules/weighbridge')], path: call },
  )
  assert.deepEqual(await both.message(), ['malicious', 'malicious'])
  await both.worker.terminate()
})

test('the command line is the same', () => {
  const bin = join(home, 'bin', 'weighbridge.js')
  const command = (args, options) => spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', ...options })
  const scanned = command(['scan', '--format', 'jsonl', call, none])
  assert.equal(scanned.status, 1, scanned.stderr)
  const lines = scanned.stdout.trimEnd().split('\n')
  assert.deepEqual(lines, [call, none].map((path) => imported.toJson(imported.scanSync(path))))
  assert.equal(command(['scan', none]).status, 0)
  assert.equal(command(['scan', '/nowhere']).status, 2)
  assert.equal(command(['nothing']).status, 2)
  assert.match(command(['--version']).stdout, new RegExp(`^weighbridge ${imported.version}`))
  const piped = command(['scan', '--format', 'jsonl', '-'], { input: CALL })
  assert.equal(JSON.parse(piped.stdout).verdict, 'malicious')
})

test('a name that is no UTF-8 reaches the command line', { skip: process.platform !== 'linux' && 'only Linux has such names' }, () => {
  const script = `cp "$1" "$(printf '%s/\\377.pkl' "$2")" && exec "$3" "$4" scan --format jsonl "$(printf '%s/\\377.pkl' "$2")"`
  const bin = join(home, 'bin', 'weighbridge.js')
  const ended = spawnSync('sh', ['-c', script, 'sh', call, folder, process.execPath, bin], { encoding: 'utf8' })
  const report = JSON.parse(ended.stdout)
  assert.equal(report.verdict, 'malicious')
  assert.match(report.path_hex, /2fff2e706b6c$/)
})
