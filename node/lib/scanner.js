'use strict'

// The calls, as users make them.

const native = require('./native')
const { begin } = require('./calls')
const { contentOf, fileOf } = require('./content')
const { textOf } = require('./errors')
const { bytesOf, pathOf, pathsOf, shownPath } = require('./input')
const { scanMany } = require('./many')
const { SETTINGS, read, scannerOf } = require('./options')
const { nameOf, spool } = require('./stream')

const SYNC = ['name', 'timeoutMs']
const ASYNC = [...SYNC, 'signal', 'progress']
const VIEW = [...SYNC, 'signal']
const MANY = ['timeoutMs', 'signal', 'progress', 'concurrency']

/** The calls on a native scanner, each with the options that it takes. */
const calls = {
  scan: [ASYNC, async (scanner, path, call) => {
    return JSON.parse(await begin(scanner, fileOf(path, call), 'scan', call))
  }],
  scanSync: [SYNC, (scanner, input, call) => {
    const path = pathOf(input)
    call.path = shownPath(path)
    return JSON.parse(textOf(scanner.scanPath(path, call.name, call.timeoutMs), call))
  }],
  scanBytes: [ASYNC, async (scanner, bytes, call) => {
    call.name ??= 'bytes'
    return JSON.parse(await begin(scanner, native.Content.bytes(bytesOf(bytes)), 'scan', call))
  }],
  scanBytesSync: [SYNC, (scanner, bytes, call) => {
    const outcome = scanner.scanBytes(bytesOf(bytes), call.name ?? 'bytes', call.timeoutMs)
    return JSON.parse(textOf(outcome, call))
  }],
  scanStream: [ASYNC, async (scanner, stream, call) => {
    const begun = performance.now()
    const content = await spool(scanner, stream, call)
    call.name ??= nameOf(stream)
    if (call.timeoutMs !== undefined) {
      call.remainingMs = Math.max(0, call.timeoutMs - (performance.now() - begun))
    }
    return JSON.parse(await begin(scanner, content, 'scan', call))
  }],
  scanMany: [MANY, (scanner, paths, call) => scanMany(scanner, pathsOf(paths), call)],
}

/** Other views: what native code calls them, what becomes of their texts, and the options that only they take. */
const views = {
  trace: { what: () => 'trace', made: JSON.parse },
  disassemble: { what: () => 'disassemble', made: (text) => text },
  decompile: { what: ({ full }) => (full ? 'decompile-full' : 'decompile'), made: (text) => text, names: ['full'] },
  inspect: { what: () => 'inspect', made: JSON.parse },
  safetensorsHeader: { what: () => 'header', made: JSON.parse },
  globalsIn: { what: () => 'globals', made: (text) => JSON.parse(text).globals },
}
for (const [name, { what, made, names = [] }] of Object.entries(views)) {
  calls[name] = [[...VIEW, ...names], async (scanner, input, call) =>
    made(await begin(scanner, contentOf(input, call), what(call), call))]
  calls[`${name}Sync`] = [[...SYNC, ...names], (scanner, input, call) =>
    made(textOf(scanner.view(contentOf(input, call), what(call), call.name, call.timeoutMs), call))]
}

/** Whether a call gives a promise: what is wrong with its options is told by that. */
const isAsync = (work) => work.constructor.name === 'AsyncFunction'

/** How many scanners of functions are kept. */
const KEPT = 16

/** The scanners that functions used last, by their options: the garbage collector is slow to free them. */
const kept = new Map()

function keptScannerOf(found) {
  const settings = SETTINGS.map((name) => found[name] ?? null)
  const key = JSON.stringify(settings, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))
  const scanner = kept.get(key) ?? scannerOf(found)
  kept.delete(key)
  kept.set(key, scanner)
  if (kept.size > KEPT) {
    kept.delete(kept.keys().next().value)
  }
  return scanner
}

/** The functions: each takes the options of a scanner and those of the call. */
const functions = {}
for (const [name, [names, work]] of Object.entries(calls)) {
  const known = [...SETTINGS, ...names]
  const call = (input, options) => {
    const found = read(options, known)
    return work(keptScannerOf(found), input, found)
  }
  const named = { [name]: isAsync(work) ? async (input, options) => call(input, options) : call }
  functions[name] = named[name]
}

/** Scans with the same options. */
class Scanner {
  #scanner

  constructor(options) {
    this.#scanner = scannerOf(read(options, SETTINGS))
  }

  /** Makes the method of a call. */
  static {
    for (const [name, [names, work]] of Object.entries(calls)) {
      const methods = isAsync(work)
        ? { async [name](input, options) { return work(this.#scanner, input, read(options, names)) } }
        : { [name](input, options) { return work(this.#scanner, input, read(options, names)) } }
      const value = methods[name]
      Object.defineProperty(Scanner.prototype, name, { value, configurable: true, writable: true })
    }
  }
}

module.exports = { Scanner, functions }
