'use strict'

// Finds the native module: the one that was built here, or the package for this platform.

const { existsSync } = require('node:fs')
const { join } = require('node:path')

const BUILT_HERE = join(__dirname, '..', 'weighbridge.node')

/** Which of the packages is for this platform. */
function platform() {
  const { platform, arch } = process
  if (platform === 'linux') {
    return `${platform}-${arch}-${isMusl() ? 'musl' : 'gnu'}`
  }
  return platform === 'win32' ? `${platform}-${arch}-msvc` : `${platform}-${arch}`
}

/** Whether the C library is musl: glibc tells its version. */
function isMusl() {
  return !process.report.getReport().header.glibcVersionRuntime
}

function load() {
  if (existsSync(BUILT_HERE)) {
    return require(BUILT_HERE)
  }
  const name = `weighbridge-${platform()}`
  try {
    return require(name)
  } catch (cause) {
    const message = `weighbridge has no native module for this machine: ${name} is missing or cannot be loaded. It is an optional dependency; install it, or build bindings/node.`
    throw Object.assign(new Error(message, { cause }), { code: 'WEIGHBRIDGE_NO_NATIVE_MODULE' })
  }
}

module.exports = load()
