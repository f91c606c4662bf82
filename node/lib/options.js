'use strict'

// Options: each is read once, and is what it has to be, or the call has no result.

const { types } = require('node:util')
const native = require('./native')
const { ScanError, invalidOption, show } = require('./errors')
const { pathOf } = require('./input')

/** Bounds, as they are called here, with the names that the library gives them. */
const named = (names) => new Map(names.map((name) => [name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), name]))

const LIMITS = named(native.limitNames())
const INVENTORY_LIMITS = named(native.inventoryLimitNames())

const SETTINGS = ['allow', 'ignore', 'deep', 'hash', ...LIMITS.keys()]

const LARGEST_BOUND = 2n ** 64n - 1n

const MOST_WORDS = 100_000

/** Whether something holds its entries otherwise than an object of options does. */
const isList = (value) => Array.isArray(value) || types.isMap(value) || types.isSet(value)

/** Reads each of `names`, once; there must be no others. */
function read(options, names) {
  // Nothing is inherited: not what somebody gave to all objects either.
  const found = Object.create(null)
  if (options === undefined || options === null) {
    return found
  }
  if (typeof options !== 'object' || isList(options)) {
    throw invalidOption(`options: an object is wanted, not ${show(options)}`)
  }
  try {
    for (const name of Object.keys(options)) {
      if (!names.includes(name)) {
        throw invalidOption(`there is no option ${show(name)}; there are ${names.join(', ')}`)
      }
    }
    for (const name of names) {
      const value = options[name]
      if (value !== undefined && value !== null) {
        found[name] = READERS[name](value, name)
      }
    }
    return found
  } catch (error) {
    throw error instanceof ScanError ? error : invalidOption('the options cannot be read', error)
  }
}

function flag(value, name) {
  if (typeof value !== 'boolean') {
    throw invalidOption(`${name}: true or false is wanted, not ${show(value)}`)
  }
  return value
}

/** Strings; a lone one would be taken apart, and is one. */
function words(value, name) {
  const list = typeof value === 'string' ? [value] : value
  if (typeof list?.[Symbol.iterator] !== 'function') {
    throw invalidOption(`${name}: strings are wanted, not ${show(value)}`)
  }
  const found = []
  for (const word of list) {
    if (typeof word !== 'string') {
      throw invalidOption(`${name}: a string is wanted, not ${show(word)}`)
    }
    if (found.push(word) > MOST_WORDS) {
      throw invalidOption(`${name}: there are more than ${MOST_WORDS} strings`)
    }
  }
  return found
}

/** Globals that the user vouches for: names, or names with reasons. */
function vouched(value, name) {
  const isMap = types.isMap(value)
  const isTable = isMap || (typeof value === 'object' && value[Symbol.iterator] === undefined)
  if (isTable && !isMap && Object.prototype.toString.call(value) !== '[object Object]') {
    throw invalidOption(`${name}: names, or an object of names with their reasons, are wanted, not ${show(value)}`)
  }
  const table = isMap ? Map.prototype.entries.call(value) : isTable && Object.entries(value)
  const entries = isTable ? [...table] : words(value, name).map((global) => [global, undefined])
  return entries.map(([global, reason]) => {
    if (typeof global !== 'string') {
      throw invalidOption(`${name}: a string is wanted, not ${show(global)}`)
    }
    if (isTable && typeof reason !== 'string') {
      throw invalidOption(`${name}: the reason for ${show(global)} is to be a string, not ${show(reason)}`)
    }
    return { global, reason }
  })
}

function bound(value, name) {
  const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))
  if (isWhole && value >= 0 && value <= LARGEST_BOUND) {
    return BigInt(value)
  }
  if (value === Infinity) {
    return LARGEST_BOUND
  }
  throw invalidOption(
    `${name}: a whole number that is not negative is wanted (a bigint from 2**53 on), not ${show(value)}`,
  )
}

function text(value, name) {
  if (typeof value !== 'string') {
    throw invalidOption(`${name}: a string is wanted, not ${show(value)}`)
  }
  return value
}

function milliseconds(value, name) {
  if (typeof value !== 'number' || !(value >= 0)) {
    throw invalidOption(`${name}: a number of milliseconds is wanted, not ${show(value)}`)
  }
  return value
}

function callback(value, name) {
  if (typeof value !== 'function') {
    throw invalidOption(`${name}: a function is wanted, not ${show(value)}`)
  }
  return value
}

function abortSignal(value, name) {
  const isSignal = typeof value === 'object' && typeof value.aborted === 'boolean'
  if (!isSignal || typeof value.addEventListener !== 'function') {
    throw invalidOption(`${name}: an AbortSignal is wanted, not ${show(value)}`)
  }
  return value
}

function count(value, name) {
  if (!Number.isInteger(value) || value < 1 || value > 256) {
    throw invalidOption(`${name}: a whole number from 1 to 256 is wanted, not ${show(value)}`)
  }
  return value
}

/** Entries of an object, all of them strings. */
function entries(value, name) {
  if (typeof value !== 'object') {
    throw invalidOption(`${name}: an object is wanted, not ${show(value)}`)
  }
  return Object.entries(value).map(([key, entry]) => ({ key, value: text(entry, `${name}.${key}`) }))
}

/** Applications that somebody names: an object for each. */
function applications(value, name) {
  if (typeof value?.[Symbol.iterator] !== 'function' || typeof value === 'string') {
    throw invalidOption(`${name}: objects are wanted, not ${show(value)}`)
  }
  return Array.from(value, (entry) => {
    if (typeof entry !== 'object' || entry === null) {
      throw invalidOption(`${name}: an object is wanted for each, not ${show(entry)}`)
    }
    const { path, owner, criticality, ...others } = entry
    const [other] = Object.keys(others)
    if (other !== undefined) {
      throw invalidOption(`${name}: there is no key ${show(other)}; there are path, owner, criticality`)
    }
    const optional = (key) => (entry[key] == null ? undefined : text(entry[key], `${name}.${key}`))
    return { path: text(path, `${name}.path`), owner: optional('owner'), criticality: optional('criticality') }
  })
}

/** A number of bytes, or digits with a unit. */
function size(value, name) {
  return typeof value === 'string' ? value : bound(value, name).toString()
}

/** One of some words. */
const oneOf = (...known) => (value, name) => {
  if (!known.includes(value)) {
    throw invalidOption(`${name}: one of ${known.join(', ')} is wanted, not ${show(value)}`)
  }
  return value
}

const READERS = {
  allow: vouched,
  ignore: words,
  deep: flag,
  hash: flag,
  name: text,
  timeoutMs: milliseconds,
  signal: abortSignal,
  progress: callback,
  concurrency: count,
  full: flag,
  key: text,
  metadata: entries,
  shardSize: size,
  dtype: oneOf('float16', 'bfloat16', 'float32', 'float64'),
  tied: oneOf('alias', 'duplicate'),
  skip: flag,
  force: flag,
  dryRun: flag,
  extras: pathOf,
  include: words,
  exclude: words,
  threads: count,
  applications,
  config: pathOf,
  scan: flag,
  caches: flag,
  spec: oneOf('1.6', '1.7'),
}
for (const name of [...LIMITS.keys(), ...INVENTORY_LIMITS.keys()]) {
  READERS[name] = bound
}

/** The bounds among some that these options ask for. */
function boundsOf(limits, found) {
  const asked = [...limits].filter(([name]) => name in found)
  return asked.map(([name, wanted]) => ({ name: wanted, bound: found[name] }))
}

/** The bounds of scans that these options ask for. */
const limitsOf = (found) => boundsOf(LIMITS, found)

/** The native scanner that these options ask for. */
function scannerOf(found) {
  const limits = limitsOf(found)
  const { allow = [], ignore = [], deep = false, hash = false } = found
  try {
    return new native.Scanner({ allow, ignore, deep, hash, limits })
  } catch (error) {
    throw invalidOption(error.message)
  }
}

module.exports = { INVENTORY_LIMITS, LIMITS: [...LIMITS.keys()], SETTINGS, boundsOf, limitsOf, read, scannerOf }
