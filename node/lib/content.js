'use strict'

// What is given, as native code takes it.

const { types } = require('node:util')
const native = require('./native')
const { bytesOf, pathOf } = require('./input')

/** A path, or a copy of bytes. */
function contentOf(input, call) {
  if (types.isUint8Array(input)) {
    call.name ??= 'bytes'
    return native.Content.bytes(bytesOf(input))
  }
  call.path = pathOf(input)
  return native.Content.path(call.path)
}

module.exports = { contentOf }
