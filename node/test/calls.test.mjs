// What each call gives.

import assert from 'node:assert/strict'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

import * as weighbridge from '../index.mjs'
import {
  Scanner, decompile, disassemble, globalsIn, inspect, rules, safetensorsHeader, safetensorsHeaderSync, scan, scanBytes, scanBytesSync, scanMany,
  scanStream, scanSync, toJson, trace,
} from '../index.mjs'
import { CALL, NONE, file, longPickle } from './support/files.mjs'

const call = file('call.pkl', CALL)
const none = file('none.pkl', NONE)

test('every way of scanning gives the same report', async () => {
  const name = 'upload.pkl'
  const reports = [
    await scan(call, { name }),
    await scan(pathToFileURL(call), { name }),
    scanSync(call, { name }),
    scanBytesSync(CALL, { name }),
    await scanBytes(CALL, { name }),
    await scanStream(createReadStream(call), { name }),
    await scanStream(new Blob([CALL]).stream(), { name }),
    await scanStream([CALL], { name }),
  ]
  assert.equal(reports[0].verdict, 'malicious')
  assert.equal(reports[0].findings[0].rule, 'PKL101')
  for (const report of reports) {
    assert.deepEqual(report, reports[0])
  }
})

test('what is scanned has a name', async () => {
  assert.equal((await scan(call)).path, call)
  assert.equal(scanBytesSync(CALL).path, 'bytes')
  assert.equal((await scanBytes(CALL)).path, 'bytes')
  assert.equal((await scanStream(Readable.from([CALL]))).path, 'stream')
  assert.equal((await scanStream(createReadStream(call))).path, call)
})

test('a part of a buffer is scanned, not the whole', () => {
  const bytes = Buffer.concat([CALL, NONE, CALL])
  const part = bytes.subarray(CALL.length, CALL.length + NONE.length)
  const report = scanBytesSync(part)
  assert.deepEqual([report.size, report.verdict], [NONE.length, 'clean'])
  assert.equal(scanBytesSync(new Uint8Array(0)).size, 0)
})

test('bytes may change as soon as scanBytes has returned', async () => {
  const bytes = Uint8Array.from(CALL)
  const promise = scanBytes(bytes)
  bytes.fill(0)
  assert.equal((await promise).verdict, 'malicious')
})

test('options reach the scanner', async () => {
  assert.match((await scan(call, { hash: true })).sha256, /^[0-9a-f]{64}$/)
  const ours = Buffer.from('courlib\nHead\n.')
  assert.equal(scanBytesSync(ours).verdict, 'suspicious')
  for (const allow of ['ourlib.Head', ['ourlib.Head:import'], new Set(['ourlib.Head']), { 'ourlib.Head': 'our own' }]) {
    const report = scanBytesSync(ours, { allow })
    assert.deepEqual([report.verdict, report.allowed[0].path], ['clean', 'ourlib.Head'])
  }
  assert.deepEqual(scanBytesSync(ours, { ignore: 'PKL104' }).ignored, [{ rule: 'PKL104', findings: 1 }])
  for (const maxBytes of [3, 3n]) {
    assert.equal(scanBytesSync(NONE, { maxBytes }).coverage.gaps[0].limit, 'bytes')
  }
  for (const maxBytes of [4, null, undefined, Infinity, 2n ** 64n - 1n]) {
    assert.equal(scanBytesSync(NONE, { maxBytes }).verdict, 'clean')
  }
  const scanner = new Scanner({ maxBytes: 3 })
  assert.equal(scanner.scanBytesSync(NONE).verdict, 'unknown')
  assert.equal((await scanner.scan(none)).verdict, 'unknown')
})

test('progress is told, and ends at the end', async () => {
  const path = longPickle(16)
  const told = []
  await scan(path, { progress: (reached, total) => told.push([reached, total]) })
  assert.ok(told.length > 2)
  assert.ok(told.every(([, total]) => total === 16 << 20))
  assert.ok(told.every(([reached], at) => at === 0 || reached >= told[at - 1][0]))
})

test('many files have their reports in the order of their paths', async () => {
  async function* slowly(paths) {
    for (const path of paths) {
      await null
      yield path
    }
  }
  const paths = Array.from({ length: 50 }, (_, at) => [call, none, `${none}.missing`][at % 3])
  for (const given of [paths, slowly(paths), new Set(paths).size && paths.values()]) {
    const [seen, told] = [[], []]
    for await (const report of scanMany(given, { progress: (count) => told.push(count) })) {
      seen.push([report.path, report.verdict])
    }
    assert.deepEqual(seen.map(([path]) => path), paths)
    const verdicts = new Map([[call, 'malicious'], [none, 'clean'], [`${none}.missing`, 'unknown']])
    assert.ok(seen.every(([path, verdict]) => verdict === verdicts.get(path)))
    assert.deepEqual(told, paths.map((_, at) => at + 1))
  }
})

test('paths are drawn no further ahead than asked for', async () => {
  let drawn = 0
  let isClosed = false
  function* paths() {
    try {
      for (;;) {
        drawn += 1
        yield none
      }
    } finally {
      isClosed = true
    }
  }
  let taken = 0
  for await (const _ of scanMany(paths(), { concurrency: 3 })) {
    taken += 1
    assert.ok(drawn <= taken + 3, `${drawn} drawn, ${taken} taken`)
    if (taken === 20) break
  }
  assert.equal(isClosed, true)
})

test('what goes wrong with paths is told after the reports before', async () => {
  function* paths() {
    yield none
    throw new Error('no more')
  }
  const reports = scanMany(paths())
  assert.equal((await reports.next()).value.verdict, 'clean')
  await assert.rejects(reports.next(), { message: 'no more' })
  const others = scanMany([none, 7])
  assert.equal((await others.next()).value.verdict, 'clean')
  await assert.rejects(others.next(), { code: 'WEIGHBRIDGE_INVALID_ARGUMENT' })
})

test('a trace lists what loading does', async () => {
  const records = await trace(call)
  assert.deepEqual(records.map(({ effect }) => effect), ['import', 'call', 'stop'])
  assert.equal(records[1].callee, 'os.system')
  assert.deepEqual(await trace(CALL), records)
  const lines = toJson(records[1])
  assert.deepEqual(JSON.parse(lines), records[1])
})

test('instructions are listed as the command line lists them', async () => {
  const text = await disassemble(call)
  assert.match(text, /^ *0: c +GLOBAL +'os system'$/m)
  assert.equal(await disassemble(CALL), text)
})

test('a file is decompiled', async () => {
  assert.match(await decompile(call), /^from os import system$/m)
  const long = Buffer.concat([Buffer.from('X\xe8\x03\x00\x00', 'latin1'), Buffer.alloc(1000, 'a'), Buffer.from('.')])
  const [short, full] = [await decompile(long), await decompile(long, { full: true })]
  assert.ok(full.length > 1000 && short.length < full.length)
})

test('globals are listed, the worst first', async () => {
  const globals = await globalsIn(Buffer.concat([Buffer.from('ccollections\nOrderedDict\n0'), CALL]))
  assert.deepEqual(globals.map((one) => [one.resolved, one.class, one.effect]), [
    ['os.system', 'dangerous', 'process'],
    ['collections.OrderedDict', 'known', null],
  ])
})

/** A safetensors file of one tensor. */
function tensors(header) {
  const json = Buffer.from(header)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, json, Buffer.alloc(8)])
}

const TENSORS = tensors('{"__metadata__":{"__proto__":"pt"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}')

test('what a model holds is told', async () => {
  for (const input of [TENSORS, file('model.safetensors', TENSORS)]) {
    const held = await inspect(input)
    assert.deepEqual([held.formats, held.complete], [['safetensors'], true])
    assert.deepEqual(held.totals, { tensors: 1, elements: 2, bytes: 8 })
    const [{ name, dtype, shape, bytes }] = held.tensors
    assert.deepEqual([name, dtype, shape, bytes], ['w', 'F32', [1, 2], 8])
  }
})

test('the header of a safetensors file is read', async () => {
  for (const input of [TENSORS, file('model.safetensors', TENSORS)]) {
    const header = await safetensorsHeader(input)
    const tensor = { name: 'w', dtype: 'F32', shape: [1, 2], data_offsets: [0, 8], offset: TENSORS.length - 8 }
    assert.deepEqual([header.tensors, header.data_start], [[tensor], TENSORS.length - 8])
    assert.deepEqual(Object.entries(header.metadata), [['__proto__', 'pt']])
    assert.deepEqual(JSON.parse(toJson(header)), header)
  }
  const wide = await safetensorsHeader(tensors('{"w":{"dtype":"U8","shape":[9223372036854775807,0],"data_offsets":[0,0]},"v":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}'))
  assert.deepEqual(wide.tensors.find(({ name }) => name === 'w').shape, ['9223372036854775807', 0])
  assert.equal((await safetensorsHeader(tensors('{"v":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}'))).metadata, null)
  for (const bytes of [NONE, Buffer.alloc(0), Buffer.alloc(8, 0xff), TENSORS.subarray(0, 20), tensors('{}'), tensors('[')]) {
    await assert.rejects(safetensorsHeader(bytes), { code: 'WEIGHBRIDGE_INVALID_HEADER' })
  }
})

test('rules are listed', () => {
  const all = rules()
  assert.ok(all.length >= 20)
  const codes = all.map(({ code }) => code)
  assert.deepEqual(codes, [...codes].sort())
  const keys = ['code', 'slug', 'title', 'severity', 'cwe', 'what', 'why', 'help', 'help_if_mild', 'references']
  assert.ok(all.every((rule) => assert.deepEqual(Object.keys(rule), keys) === undefined))
})

test('every view is given on this thread, too', async () => {
  const options = { name: 'given.pkl' }
  for (const name of ['decompile', 'disassemble', 'globalsIn', 'inspect', 'trace']) {
    for (const input of [call, CALL, pathToFileURL(call)]) {
      const here = weighbridge[`${name}Sync`](input, options)
      assert.deepEqual(here, await weighbridge[name](input, options), name)
      assert.deepEqual(here, new Scanner()[`${name}Sync`](input, options), name)
    }
    const lost = join(tmpdir(), 'nothing', 'here')
    assert.throws(() => weighbridge[`${name}Sync`](lost), { code: 'ENOENT', path: lost })
    for (const wrong of [{ signal: AbortSignal.abort() }, { progress() {} }]) {
      assert.throws(() => weighbridge[`${name}Sync`](CALL, wrong), { code: 'WEIGHBRIDGE_INVALID_OPTION' })
    }
    assert.throws(() => weighbridge[`${name}Sync`](longPickle(), { timeoutMs: 20 }), { code: 'WEIGHBRIDGE_TIMEOUT' })
  }
  assert.deepEqual(safetensorsHeaderSync(TENSORS), await safetensorsHeader(TENSORS))
  assert.throws(() => safetensorsHeaderSync(NONE), { code: 'WEIGHBRIDGE_INVALID_HEADER' })
  assert.equal(weighbridge.decompileSync(CALL, { full: true }), await decompile(CALL, { full: true }))
})

test('a path may be a buffer, and no text', { skip: process.platform !== 'linux' && 'paths are text' }, async () => {
  const path = Buffer.concat([Buffer.from(`${dirname(call)}/gr`), Buffer.from([0xfc, 0xdf]), Buffer.from('e.pkl')])
  writeFileSync(path, CALL)
  const reports = [await scan(path), scanSync(path)]
  for await (const report of scanMany([path, Buffer.from(call)])) reports.push(report)
  assert.deepEqual(reports.map(({ verdict }) => verdict), Array(4).fill('malicious'))
  assert.deepEqual(reports[0], reports[1])
  assert.deepEqual(reports[3], scanSync(call))
  const lost = Buffer.concat([path, Buffer.from('x')])
  await assert.rejects(scan(lost), { code: 'ENOENT', path: lost.toString() })
  // Who means bytes is told, and whoever changes the buffer changes nothing.
  await assert.rejects(scan(Buffer.from([0x80, 0, 0x2e])), { code: 'WEIGHBRIDGE_INVALID_ARGUMENT', message: /scanBytes takes bytes/ })
  const promise = scan(path)
  path.fill(0)
  assert.equal((await promise).verdict, 'malicious')
})

test('the functions and the methods are the same calls', () => {
  const views = ['decompile', 'disassemble', 'globalsIn', 'inspect', 'safetensorsHeader', 'trace']
  const scans = ['scan', 'scanBytes', 'scanBytesSync', 'scanMany', 'scanStream', 'scanSync']
  const functions = [...views.flatMap((name) => [name, `${name}Sync`]), ...scans].sort()
  const methods = Object.getOwnPropertyNames(Scanner.prototype).filter((name) => name !== 'constructor')
  assert.deepEqual(methods.sort(), functions)
  assert.deepEqual(readFileSync(call), CALL)
})
