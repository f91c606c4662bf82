'use strict'

// The tensors of a checkpoint, as typed arrays.

const native = require('./native')
const { run } = require('./calls')
const { contentOf } = require('./content')
const { closed, invalidArgument, noTensor, show, textOf, tooLong } = require('./errors')
const { LIMITS, limitsOf, read } = require('./options')

const SYNC = ['timeoutMs', ...LIMITS]
const ASYNC = [...SYNC, 'signal']

/** What holds the elements of each type; others are bytes. */
const ARRAYS = {
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float16: globalThis.Float16Array ?? Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  complex32: globalThis.Float16Array ?? Uint16Array,
  complex64: Float32Array,
  complex128: Float64Array,
  qint8: Int8Array,
  qint32: Int32Array,
}

/** Nobody else makes tensors. */
const made = Symbol('made')

/** The tensors of a checkpoint. */
class Tensors {
  #native
  #path
  #names
  #refused

  constructor(key, checkpoint, text, path) {
    if (key !== made) {
      throw invalidArgument('loadTensors makes these')
    }
    const { names, formats, metadata, refused } = JSON.parse(text)
    this.#native = checkpoint
    this.#path = path
    this.#names = new Set(names)
    this.#refused = new Map(refused.map(({ name, why }) => [name, why]))
    this.formats = formats
    this.metadata = Object.fromEntries(metadata)
    this.refused = refused
    Object.freeze(this)
  }

  /** The names of the tensors. */
  names() {
    return [...this.#names]
  }

  /** Whether there is a tensor of that name. */
  has(name) {
    return this.#names.has(name)
  }

  /** What is known of a tensor, of which nothing is read. */
  info(name) {
    return JSON.parse(this.#open(name).info(name))
  }

  /** A copy of a tensor, or of a part of it. */
  get(name, range) {
    const { dtype, shape } = this.info(name)
    const part = rangeOf(range, shape)
    const read = this.#open(name).read(name, part)
    if (read.kind === 'long') {
      throw tooLong(`the tensor ${show(name)} is larger than what memory there is; get it in parts`)
    }
    if (!ArrayBuffer.isView(read)) {
      textOf(read, { path: this.#path })
    }
    const Elements = ARRAYS[dtype] ?? Uint8Array
    const data = new Elements(read.buffer, read.byteOffset, read.byteLength / Elements.BYTES_PER_ELEMENT)
    return { dtype, shape: part === undefined ? shape : [part[1] - part[0], ...shape.slice(1)], data }
  }

  /** What the checkpoint holds besides tensors. */
  get extras() {
    const text = this.#open().extras()
    return typeof text === 'string' ? JSON.parse(text) : null
  }

  /** Lets the file go. */
  close() {
    this.#native?.close()
    this.#native = undefined
  }

  #open(name) {
    if (this.#native === undefined) {
      throw closed()
    }
    if (name !== undefined && !this.#names.has(name)) {
      throw noTensor(name, this.#refused.get(name))
    }
    return this.#native
  }
}

if (Symbol.dispose) {
  Object.defineProperty(Tensors.prototype, Symbol.dispose, { value: Tensors.prototype.close, writable: true, configurable: true })
}

/** The indices that are asked for, if any are. */
function rangeOf(range, shape) {
  if (range === undefined || range === null) {
    return undefined
  }
  if (typeof range !== 'object') {
    throw invalidArgument(`a range { start, end } is wanted, not ${show(range)}`)
  }
  if (shape.length === 0) {
    throw invalidArgument('a tensor without dimensions has no parts')
  }
  const size = Number(shape[0])
  const { start, end } = range
  const part = [start ?? 0, end ?? size]
  const isRange = part.every(Number.isSafeInteger) && 0 <= part[0] && part[0] <= part[1] && part[1] <= size
  if (!isRange) {
    throw invalidArgument(`start and end are whole numbers from 0 to ${size}, the smaller first`)
  }
  return part
}

/** Opens a checkpoint, on another thread. */
async function loadTensors(input, options) {
  const call = read(options, ASYNC)
  const [content, limits, checkpoint] = [contentOf(input, call), limitsOf(call), new native.Checkpoint()]
  const text = await run(call, (task) => checkpoint.start(task, content, limits, call.timeoutMs))
  return new Tensors(made, checkpoint, text, call.path)
}

/** The same on this thread. */
function loadTensorsSync(input, options) {
  const call = read(options, SYNC)
  const [content, limits, checkpoint] = [contentOf(input, call), limitsOf(call), new native.Checkpoint()]
  const text = textOf(checkpoint.open(content, limits, call.timeoutMs), call)
  return new Tensors(made, checkpoint, text, call.path)
}

module.exports = { Tensors, loadTensors, loadTensorsSync }
