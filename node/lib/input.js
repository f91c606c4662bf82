'use strict'

// What can be given to be scanned.

const { Buffer, isUtf8 } = require('node:buffer')
const { fileURLToPath } = require('node:url')
const { types } = require('node:util')
const { invalidArgument, show } = require('./errors')

// What a typed array is made of, whatever properties somebody gave it.
const TypedArray = Object.getPrototypeOf(Uint8Array.prototype)
const bufferOf = Object.getOwnPropertyDescriptor(TypedArray, 'buffer').get
const resizableOf = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'resizable')?.get

/** A path: a string, or a buffer with the bytes of one that may be no text. */
function pathOf(path) {
  if (typeof path === 'string') {
    return path
  }
  if (types.isUint8Array(path) && Buffer.isBuffer(path)) {
    return pathOfBytes(bytesOf(path))
  }
  if (isUrl(path)) {
    try {
      return fileURLToPath(path)
    } catch (error) {
      throw invalidArgument(`this URL is no path: ${error.message}`, error)
    }
  }
  const hint = types.isUint8Array(path) ? '; scanBytes takes bytes' : ''
  throw invalidArgument(`a path or a file URL is wanted, not ${show(path)}${hint}`)
}

function pathOfBytes(bytes) {
  if (bytes.includes(0)) {
    throw invalidArgument('this buffer is no path, for there is a zero in it; scanBytes takes bytes')
  }
  if (process.platform !== 'win32') {
    return bytes
  }
  if (!isUtf8(bytes)) {
    throw invalidArgument('this buffer is no path: paths of this system are text')
  }
  return bytes.toString()
}

/** A path for whoever reads it. */
function shownPath(path) {
  return typeof path === 'string' ? path : path.toString()
}

/** Whether something is a URL; what does not say so is none. */
function isUrl(path) {
  try {
    return path instanceof URL
  } catch {
    return false
  }
}

/** Bytes that stay what they are while native code looks at them. */
function bytesOf(bytes) {
  if (!types.isUint8Array(bytes)) {
    throw invalidArgument(`a Uint8Array is wanted, not ${show(bytes)}`)
  }
  const buffer = bufferOf.call(bytes)
  if (types.isSharedArrayBuffer(buffer)) {
    throw invalidArgument('these bytes are shared with other threads; give a copy, such as bytes.slice()')
  }
  if (resizableOf?.call(buffer)) {
    throw invalidArgument('the buffer of these bytes can be resized; give a copy, such as bytes.slice()')
  }
  if (isDetached(buffer)) {
    throw invalidArgument('these bytes were transferred away')
  }
  return bytes
}

function isDetached(buffer) {
  try {
    new Uint8Array(buffer)
    return false
  } catch {
    return true
  }
}

/** The iterator of a stream, or of anything that gives chunks. */
function chunksOf(stream) {
  try {
    const begin = stream?.[Symbol.asyncIterator] ?? stream?.[Symbol.iterator]
    if (typeof begin === 'function' && typeof stream === 'object' && !ArrayBuffer.isView(stream)) {
      return begin.call(stream)
    }
  } catch (error) {
    throw invalidArgument('this stream cannot be read', error)
  }
  throw invalidArgument(`a stream is wanted, not ${show(stream)}`)
}

/** The iterator of paths. */
function pathsOf(paths) {
  if (typeof paths === 'string' || types.isUint8Array(paths)) {
    throw invalidArgument('paths are wanted, not one; scan takes one')
  }
  try {
    const begin = paths?.[Symbol.asyncIterator] ?? paths?.[Symbol.iterator]
    if (typeof begin === 'function') {
      return begin.call(paths)
    }
  } catch (error) {
    throw invalidArgument('these paths cannot be read', error)
  }
  throw invalidArgument(`paths are wanted, not ${show(paths)}`)
}

module.exports = { bytesOf, chunksOf, pathOf, pathsOf, shownPath }
