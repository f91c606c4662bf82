'use strict'

// Tells what a model file would do when it is loaded, without executing, importing or unpickling
// anything. Everything is done by the native module; `index.d.ts` describes what is offered.

const { convert, convertSync, diff, diffSync } = require('./lib/convert')
const { bom, bomSync, inventory, inventorySync } = require('./lib/inventory')
const native = require('./lib/native')
const { ScanError, invalidArgument } = require('./lib/errors')
const { Scanner, functions } = require('./lib/scanner')
const { Tensors, loadTensors, loadTensorsSync } = require('./lib/tensors')

/** Every rule, in the order of the codes. */
function rules() {
  return JSON.parse(native.rules())
}

/** A result as one line of JSON: the bytes that the command line and every language write. */
function toJson(result) {
  let json
  try {
    json = JSON.stringify(result)
  } catch (error) {
    throw invalidArgument('this is no result: it cannot be written as JSON', error)
  }
  if (json === undefined) {
    throw invalidArgument('this is no result: there is no JSON of it')
  }
  try {
    return native.lineOf(json)
  } catch (error) {
    throw invalidArgument(`this is no result: ${error.message}`)
  }
}

module.exports = {
  ScanError,
  Scanner,
  Tensors,
  bom,
  bomSync,
  convert,
  convertSync,
  decompile: functions.decompile,
  decompileSync: functions.decompileSync,
  diff,
  diffSync,
  disassemble: functions.disassemble,
  disassembleSync: functions.disassembleSync,
  globalsIn: functions.globalsIn,
  globalsInSync: functions.globalsInSync,
  inspect: functions.inspect,
  inspectSync: functions.inspectSync,
  inventory,
  inventorySync,
  loadTensors,
  loadTensorsSync,
  rules,
  safetensorsHeader: functions.safetensorsHeader,
  safetensorsHeaderSync: functions.safetensorsHeaderSync,
  scan: functions.scan,
  scanBytes: functions.scanBytes,
  scanBytesSync: functions.scanBytesSync,
  scanMany: functions.scanMany,
  scanStream: functions.scanStream,
  scanSync: functions.scanSync,
  toJson,
  trace: functions.trace,
  traceSync: functions.traceSync,
  version: native.version(),
}
