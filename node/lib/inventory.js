'use strict'

// Which models and services source trees use.

const native = require('./native')
const { run } = require('./calls')
const { internal, invalidArgument, invalidOption, show, textOf } = require('./errors')
const { pathOf } = require('./input')
const { INVENTORY_LIMITS, boundsOf, read } = require('./options')

const SYNC = [
  'include', 'exclude', 'threads', 'applications', 'config', 'scan', 'caches', 'timeoutMs', ...INVENTORY_LIMITS.keys(),
]
const ASYNC = [...SYNC, 'signal', 'progress']

/** One path, or several; there may be none where caches are read. */
function treesOf(paths, mayBeNone) {
  if (typeof paths === 'string' || Buffer.isBuffer(paths) || paths instanceof URL) {
    return [pathOf(paths)]
  }
  if (typeof paths?.[Symbol.iterator] !== 'function') {
    throw invalidArgument(`a path, or several, are wanted, not ${show(paths)}`)
  }
  const trees = Array.from(paths, pathOf)
  if (trees.length === 0 && !mayBeNone) {
    throw invalidArgument('there are no paths')
  }
  return trees
}

/** What is to be read, as native code takes it. */
function readingOf(what, paths, call) {
  const { include = [], exclude = [], threads, applications = [], config, timeoutMs: timeout } = call
  const { scan = true, caches = false } = call
  const limits = boundsOf(INVENTORY_LIMITS, call)
  const trees = treesOf(paths, caches)
  return { what, paths: trees, include, exclude, threads, applications, config, scan, caches, limits, timeout }
}

/** An error that holds what was found until then: an inventory, not a report. */
function told(error) {
  if (error.report) {
    error.inventory = error.report
    error.report = null
  }
  return error
}

/** The text of what is wanted of some trees, made on another thread. */
async function later(what, paths, call) {
  const reading = readingOf(what, paths, call)
  try {
    return await run(call, (task, tell) => native.startInventory(task, reading, tell))
  } catch (error) {
    throw told(error)
  }
}

/** The same while this thread waits. */
function now(what, paths, call) {
  const reading = readingOf(what, paths, call)
  let outcome
  try {
    outcome = native.inventorySync(reading)
  } catch (error) {
    throw error.code === 'InvalidArg' ? invalidOption(error.message) : internal(error.message, error)
  }
  try {
    return textOf(outcome, call)
  } catch (error) {
    throw told(error)
  }
}

/** Which models and services trees use. */
async function inventory(paths, options) {
  return JSON.parse(await later('json', paths, read(options, ASYNC)))
}

/** The same while this thread waits. */
function inventorySync(paths, options) {
  return JSON.parse(now('json', paths, read(options, SYNC)))
}

/** A bill of materials of trees, as text. */
async function bom(paths, options) {
  const call = read(options, [...ASYNC, 'spec'])
  return later(`cyclonedx-${call.spec ?? '1.6'}`, paths, call)
}

/** The same while this thread waits. */
function bomSync(paths, options) {
  const call = read(options, [...SYNC, 'spec'])
  return now(`cyclonedx-${call.spec ?? '1.6'}`, paths, call)
}

module.exports = { bom, bomSync, inventory, inventorySync }
