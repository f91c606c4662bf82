'use strict'

// What is given, as native code takes it.

const { types } = require('node:util')
const native = require('./native')
const { bytesOf, pathOf, shownPath } = require('./input')

/** A path, or a copy of bytes. */
function contentOf(input, call) {
  if (types.isUint8Array(input)) {
    call.name ??= 'bytes'
    return native.Content.bytes(bytesOf(input))
  }
  return fileOf(input, call)
}

/** What is at a path. */
function fileOf(input, call) {
  const path = pathOf(input)
  call.path = shownPath(path)
  return native.Content.path(path)
}

module.exports = { contentOf, fileOf }
