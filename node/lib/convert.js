'use strict'

// Conversion, and comparison.

const native = require('./native')
const { run } = require('./calls')
const { contentOf } = require('./content')
const { internal, invalidOption, textOf } = require('./errors')
const { pathOf } = require('./input')
const { LIMITS, limitsOf, read } = require('./options')

const SYNC = [
  'key', 'metadata', 'shardSize', 'dtype', 'tied', 'skip', 'force', 'dryRun', 'extras', 'timeoutMs', ...LIMITS,
]
const ASYNC = [...SYNC, 'signal', 'progress']
const DIFF = ['timeoutMs', 'signal', 'progress', ...LIMITS]

/** What is asked for, as native code takes it. */
function conversionOf(source, out, call) {
  call.path = pathOf(source)
  const { key, metadata = [], shardSize, dtype, tied, extras, timeoutMs: timeout } = call
  const { skip = false, force = false, dryRun = false } = call
  return {
    source: call.path,
    out: out === undefined || out === null ? undefined : pathOf(out),
    key, metadata, shardSize, dtype, duplicate: tied === 'duplicate', skip, force, dryRun, extras,
    limits: limitsOf(call), timeout,
  }
}

/** Converts a checkpoint to safetensors, on another thread. */
async function convert(source, out, options) {
  const call = read(options, ASYNC)
  const conversion = conversionOf(source, out, call)
  return JSON.parse(await run(call, (task, tell) => native.startConvert(task, conversion, tell)))
}

/** The same on this thread. */
function convertSync(source, out, options) {
  const call = read(options, SYNC)
  const conversion = conversionOf(source, out, call)
  let outcome
  try {
    outcome = native.convertSync(conversion)
  } catch (error) {
    throw error.code === 'InvalidArg' ? invalidOption(error.message) : internal(error.message, error)
  }
  return JSON.parse(textOf(outcome, call))
}

/** Whether two models hold the same tensors. */
async function diff(first, second, options) {
  const call = read(options, DIFF)
  const contents = [first, second].map((input) => contentOf(input, { name: undefined }))
  const limits = limitsOf(call)
  return JSON.parse(
    await run(call, (task, tell) => native.startDiff(task, ...contents, limits, call.timeoutMs, tell)),
  )
}

module.exports = { convert, convertSync, diff }
