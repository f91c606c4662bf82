// What is wrong with a call is an error with a code.

import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { Readable } from 'node:stream'
import { test } from 'node:test'

import * as weighbridge from '../index.mjs'
import { CALL, NONE, file } from './support/files.mjs'

const { ScanError, Scanner, scan, scanBytes, scanBytesSync, scanMany, scanStream, scanSync, toJson } = weighbridge
const none = file('none.pkl', NONE)

/** How a call ends, whether it throws or rejects. */
async function endOf(call) {
  try {
    const result = call()
    return result?.next ? await result.next() : await result
  } catch (error) {
    return error
  }
}

async function failsWith(code, call, what) {
  const error = await endOf(call)
  assert.ok(error instanceof ScanError, `${what}: ${error}`)
  assert.equal(error.code, code, `${what}: ${error}`)
  assert.ok(error.message.length < 600, what)
  return error
}

const thrower = (what) => ({ get() { throw new Error(what) } })
const throwing = (name) => Object.defineProperty({}, name, { ...thrower('inert words'), enumerable: true })
const proxy = (trap) => new Proxy({}, { [trap]() { throw new Error('inert words') } })

test('files that cannot be opened have the codes of the system', async () => {
  for (const call of [() => scan('/nowhere/at/all'), () => scanSync('/nowhere/at/all'), () => weighbridge.trace('/nowhere/at/all')]) {
    const error = await failsWith('ENOENT', call)
    assert.deepEqual([error.syscall, error.path, error.report], ['open', '/nowhere/at/all', null])
  }
  await failsWith('EISDIR', () => scan('/'))
  await failsWith('ENOENT', () => scan(''))
  await failsWith('EINVAL', () => scan('a\0b'))
  await failsWith('EINVAL', () => scan('/dev/null'))
  const notDirectory = await failsWith('ENOTDIR', () => scan(`${none}/x`))
  assert.ok(notDirectory.errno < 0)
  await failsWith('ENAMETOOLONG', () => scan(`/${'x'.repeat(5000)}`))
  if (process.getuid() !== 0) {
    const closed = file('closed.pkl', NONE)
    chmodSync(closed, 0)
    await failsWith('EACCES', () => scan(closed))
  }
})

test('what is no path is refused', async () => {
  // A buffer may be a path; other bytes are not.
  const bytes = new Uint8Array(CALL)
  const hostile = { toString: () => none, [Symbol.toPrimitive]: () => none }
  const values = [undefined, null, 7, NaN, 7n, true, Symbol('x'), () => none, {}, [none], hostile, new Date(), bytes, proxy('get'), proxy('getPrototypeOf'), new URL('http://example.org/x')]
  for (const value of values) {
    for (const name of ['scan', 'scanSync', 'trace', 'traceSync', 'disassemble', 'decompile', 'globalsIn', 'inspect', 'safetensorsHeader']) {
      if (value === bytes && !name.startsWith('scan')) continue
      await failsWith('WEIGHBRIDGE_INVALID_ARGUMENT', () => weighbridge[name](value), `${name} ${typeof value}`)
    }
    await failsWith('WEIGHBRIDGE_INVALID_ARGUMENT', () => scanMany([value]), `scanMany [${typeof value}]`)
  }
})

test('what is no bytes is refused', async () => {
  const detached = new Uint8Array(16)
  structuredClone(detached.buffer, { transfer: [detached.buffer] })
  const lying = new Proxy(new Uint8Array(4), {})
  const resizable = new Uint8Array(new ArrayBuffer(8, { maxByteLength: 16 }))
  const outside = new ArrayBuffer(8, { maxByteLength: 16 })
  const beyond = new Uint8Array(outside, 4, 4)
  outside.resize(2)
  const shared = new Uint8Array(new SharedArrayBuffer(8))
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true })
  const values = [
    undefined, null, 7, 'text', {}, [1, 2], { length: 4 }, new ArrayBuffer(8), new DataView(new ArrayBuffer(8)),
    new Uint16Array(4), new Uint8ClampedArray(4), new Float64Array(1), detached, lying, resizable, beyond, shared,
    new Uint8Array(memory.buffer, 0, 9), Object.create(Uint8Array.prototype), proxy('getPrototypeOf'),
  ]
  for (const [at, value] of values.entries()) {
    await failsWith('WEIGHBRIDGE_INVALID_ARGUMENT', () => scanBytesSync(value), `scanBytesSync ${at}`)
    await failsWith('WEIGHBRIDGE_INVALID_ARGUMENT', () => scanBytes(value), `scanBytes ${at}`)
    await failsWith('WEIGHBRIDGE_INVALID_ARGUMENT', () => scanStream([value]), `scanStream ${at}`)
  }
})

test('what bytes say of themselves is not believed', async () => {
  const bytes = Uint8Array.from(CALL)
  for (const [name, value] of Object.entries({ buffer: new SharedArrayBuffer(1), byteLength: 1 << 30, length: 1 << 30, byteOffset: -1 })) {
    Object.defineProperty(bytes, name, { value })
  }
  assert.equal(scanBytesSync(bytes).size, CALL.length)
  class Mine extends Uint8Array { get length() { throw new Error('inert words') } }
  assert.equal((await scanBytes(new Mine(Array.from(CALL).length))).size, CALL.length)
})

test('options that are none are refused', async () => {
  const bad = {
    allow: [7, [7], [null], ['os.system'], ['nodots'], ['a.b:fly'], { 'a.b': 7 }, proxy('get'), { [Symbol.iterator]() { throw new Error('x') } }, { [Symbol.iterator]: () => 7 }],
    ignore: [7, ['PKL999'], [Symbol('x')], {}, function* () {}, new (class { *[Symbol.iterator]() { for (;;) yield 'PKL101' } })()],
    deep: [0, 'yes', {}, Symbol('x')],
    hash: [1, 'no', []],
    name: [7, {}, Symbol('x'), ['x'], { toString: () => 'x' }],
    timeoutMs: [NaN, -1, -Infinity, '5', 5n, {}, { valueOf: () => 5 }],
    signal: [7, {}, 'x', { aborted: false }, { aborted: 1, addEventListener() {} }, throwing('aborted')],
    progress: [7, {}, 'x', Symbol('x')],
    concurrency: [0, 257, 1.5, NaN, '2', 2n],
    full: [1, 'x'],
    nothing: [7],
    __proto__x: [1],
  }
  for (const limit of ['maxBytes', 'maxStack', 'maxFindings', 'maxSpoolBytes']) {
    bad[limit] = [NaN, -1, -0.5, 1.5, 2 ** 53, 1e300, -Infinity, -1n, 2n ** 64n, '7', true, {}, [], Symbol('x'), { valueOf: () => 7 }]
  }
  const calls = {
    scan: (options) => scan(none, options),
    scanMany: (options) => scanMany([none], options),
    decompile: (options) => weighbridge.decompile(none, options),
  }
  for (const [name, values] of Object.entries(bad)) {
    for (const [at, value] of values.entries()) {
      const takes = { concurrency: 'scanMany', full: 'decompile' }
      await failsWith('WEIGHBRIDGE_INVALID_OPTION', () => calls[takes[name] ?? 'scan']({ [name]: value }), `${name} ${at}`)
    }
    await failsWith('WEIGHBRIDGE_INVALID_OPTION', () => scanSync(none, throwing(name)), `${name} throws`)
  }
})

test('options are an object that can be read', async () => {
  for (const options of [7, 'x', true, Symbol('x'), () => {}, 7n]) {
    await failsWith('WEIGHBRIDGE_INVALID_OPTION', () => scan(none, options))
    await failsWith('WEIGHBRIDGE_INVALID_OPTION', () => new Scanner(options))
  }
  for (const trap of ['ownKeys', 'get', 'getOwnPropertyDescriptor']) {
    const options = new Proxy({ deep: true }, { [trap]() { throw new Error('inert words') } })
    const error = await failsWith('WEIGHBRIDGE_INVALID_OPTION', () => scan(none, options), trap)
    assert.equal(error.cause.message, 'inert words')
  }
  let reads = 0
  scanSync(none, { get deep() { reads += 1; return true } })
  assert.equal(reads, 1)
  await failsWith('WEIGHBRIDGE_INVALID_OPTION', () => scanSync(none, { signal: AbortSignal.timeout(9) }), 'no signals here')
  await failsWith('WEIGHBRIDGE_INVALID_OPTION', () => new Scanner({ name: 'x' }))
  const deaf = { aborted: false, addEventListener() { throw new Error('inert words') } }
  for (const call of [() => scan(none, { signal: deaf }), () => scanStream([NONE], { signal: deaf }), () => scanMany([none], { signal: deaf })]) {
    await failsWith('WEIGHBRIDGE_INVALID_OPTION', call)
  }
  const mute = Object.defineProperty({ aborted: true, addEventListener() {} }, 'reason', thrower('inert words'))
  for (const call of [() => scan(none, { signal: mute }), () => scanStream([NONE], { signal: mute }), () => scanMany([none], { signal: mute })]) {
    await failsWith('ABORT_ERR', call)
  }
  const moody = { addEventListener() {}, asked: 0, get aborted() { if (this.asked++) throw new Error('inert words'); return false } }
  for (const call of [() => scan(none, { signal: moody }), () => scanStream([NONE], { signal: moody }), () => scanMany([none], { signal: moody })]) {
    moody.asked = 0
    await failsWith('WEIGHBRIDGE_INVALID_OPTION', call)
  }
  assert.equal((await scan(none, null)).verdict, 'clean')
})

test('what would be left unread is refused', async () => {
  for (const options of [[], ['deep'], new Map([['deep', true]]), new Set(['deep'])]) {
    await failsWith('WEIGHBRIDGE_INVALID_OPTION', () => scan(none, options))
  }
  for (const allow of [new Date(), /x/, new WeakMap(), Promise.resolve(), new Map([['a.b', 7]]), new Map([[7, 'x']])]) {
    await failsWith('WEIGHBRIDGE_INVALID_OPTION', () => scan(none, { allow }))
  }
  const report = await scan(none, { allow: new Map([['ourlib.nets.Head', 'our own']]) })
  assert.equal(report.allowed[0].reason, 'our own')
})

test('what all objects were given is no option', async (t) => {
  t.after(() => { for (const name of ['deep', 'maxBytes', 'allow', 'name']) delete Object.prototype[name] })
  Object.assign(Object.prototype, { deep: 'yes', maxBytes: -1, allow: 7, name: 7 })
  assert.equal((await scan(none)).verdict, 'clean')
  assert.equal(scanBytesSync(NONE).path, 'bytes')
})

test('errors say which file they are about', async () => {
  const late = await failsWith('WEIGHBRIDGE_TIMEOUT', () => scan(none, { timeoutMs: 0 }))
  assert.equal(late.message, `the call on ${JSON.stringify(none)} did not end within 0 ms`)
  const gone = await failsWith('ABORT_ERR', () => scanBytes(NONE, { name: 'mine', signal: AbortSignal.abort() }))
  assert.equal(gone.message, 'the call on "mine" was aborted')
})

test('an asynchronous call never throws, it rejects', async () => {
  for (const name of ['scan', 'scanBytes', 'scanStream', 'trace', 'disassemble', 'decompile', 'globalsIn', 'inspect', 'safetensorsHeader']) {
    for (const args of [[Symbol('x')], [none, { nothing: 1 }]]) {
      const promise = weighbridge[name](...args)
      assert.ok(promise instanceof Promise)
      await assert.rejects(promise, ScanError)
      await assert.rejects(new Scanner()[name](...args), ScanError)
    }
  }
})

test('streams that are none are refused; what they throw is passed on', async () => {
  const values = [undefined, null, 7, 'text', CALL, {}, () => {}, { [Symbol.asyncIterator]: 7 }, proxy('get')]
  for (const [at, value] of values.entries()) {
    await failsWith('WEIGHBRIDGE_INVALID_ARGUMENT', () => scanStream(value), `stream ${at}`)
  }
  const texts = Readable.from([CALL]).setEncoding('latin1')
  await failsWith('WEIGHBRIDGE_INVALID_ARGUMENT', () => scanStream(texts))
  const broken = new Readable({ read() { this.destroy(new Error('the cable is cut')) } })
  await assert.rejects(scanStream(broken), { message: 'the cable is cut' })
  const named = Object.defineProperty(Readable.from([NONE]), 'path', thrower('inert words'))
  assert.equal((await scanStream(named)).path, 'stream')
  const odd = { [Symbol.asyncIterator]: () => ({ next: () => 7 }) }
  await failsWith('WEIGHBRIDGE_INVALID_ARGUMENT', () => scanStream(odd))
  await assert.rejects(scanStream({ [Symbol.asyncIterator]: () => ({}) }), Error)
})

test('paths that are none are refused', async () => {
  for (const value of [undefined, null, 7, none, CALL, {}, { [Symbol.iterator]: 7 }, proxy('get')]) {
    await failsWith('WEIGHBRIDGE_INVALID_ARGUMENT', () => scanMany(value))
  }
})

test('a stream that gives too much is destroyed', async () => {
  let given = 0
  const endless = new Readable({ read() { given += 1; this.push(Buffer.alloc(1 << 16)) } })
  const error = await failsWith('WEIGHBRIDGE_TOO_LONG', () => scanStream(endless, { maxSpoolBytes: 1 << 20 }))
  assert.match(error.message, /1048576 bytes/)
  assert.equal(endless.destroyed, true)
  assert.ok(given < 40, `${given} chunks`)
  await failsWith('WEIGHBRIDGE_TOO_LONG', () => scanStream([NONE], { maxBytes: 3 }))
  assert.equal((await scanStream([NONE], { maxBytes: 4, maxSpoolBytes: 4 })).verdict, 'clean')
})

test('a report on a name that is hostile is harmless', async () => {
  for (const name of ['', '\0', '\ud800', '\u001b[31m', '<script>', '../..', 'x'.repeat(1 << 16)]) {
    const report = scanBytesSync(CALL, { name })
    assert.equal(report.verdict, 'malicious')
    assert.ok(!/[\u0000-\u001f\u202e]/.test(toJson(report)))
  }
})

test('what is no result has no JSON', async () => {
  const circle = {}
  circle.circle = circle
  for (const value of [undefined, () => {}, Symbol('x'), 7n, circle, { toJSON() { throw new Error('x') } }, '\ud800']) {
    await failsWith('WEIGHBRIDGE_INVALID_ARGUMENT', () => toJson(value))
  }
  let deep = []
  for (let depth = 0; depth < 1000; depth += 1) deep = [deep]
  await failsWith('WEIGHBRIDGE_INVALID_ARGUMENT', () => toJson(deep))
})
