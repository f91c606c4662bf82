'use strict'

// Conversion, and comparison.

const native = require('./native')
const { run } = require('./calls')
const { contentOf } = require('./content')
const { internal, invalidOption, textOf } = require('./errors')
const { pathOf, shownPath } = require('./input')
const { LIMITS, limitsOf, read } = require('./options')

const SYNC = [
  'key', 'metadata', 'shardSize', 'dtype', 'tied', 'skip', 'force', 'dryRun', 'extras', 'timeoutMs', ...LIMITS,
]
const ASYNC = [...SYNC, 'signal', 'progress']
const DIFF_SYNC = ['timeoutMs', ...LIMITS]
const DIFF = [...DIFF_SYNC, 'signal', 'progress']

/** What is asked for, as native code takes it. */
function conversionOf(source, out, call) {
  const path = pathOf(source)
  call.path = shownPath(path)
  const { key, metadata = [], shardSize, dtype, tied, extras, timeoutMs: timeout } = call
  const { skip = false, force = false, dryRun = false } = call
  return {
    source: path,
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
  return JSON.parse(textOf(here(() => native.convertSync(conversion)), call))
}

/** The outcome of something on this thread. */
function here(work) {
  try {
    return work()
  } catch (error) {
    throw error.code === 'InvalidArg' ? invalidOption(error.message) : internal(error.message, error)
  }
}

/** What is to be compared. */
function contentsOf(first, second) {
  return [first, second].map((input) => contentOf(input, { name: undefined }))
}

/** Whether two models hold the same tensors. */
async function diff(first, second, options) {
  const call = read(options, DIFF)
  const [contents, limits] = [contentsOf(first, second), limitsOf(call)]
  return JSON.parse(
    await run(call, (task, tell) => native.startDiff(task, ...contents, limits, call.timeoutMs, tell)),
  )
}

/** The same on this thread. */
function diffSync(first, second, options) {
  const call = read(options, DIFF_SYNC)
  const [contents, limits] = [contentsOf(first, second), limitsOf(call)]
  return JSON.parse(textOf(here(() => native.diffSync(...contents, limits, call.timeoutMs)), call))
}

module.exports = { convert, convertSync, diff, diffSync }
