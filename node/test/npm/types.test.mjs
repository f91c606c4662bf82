// The types are those of what there is, and `tsc --strict` is content with them.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'

import * as weighbridge from '../../index.mjs'
import { home, modules, project } from './installed.mjs'

const ts = createRequire(join(modules, 'x.js'))('typescript')

test('programs compile under --strict', () => {
  const programs = ['test/types/program.mts', 'test/types/program.cts']
  const folder = project(['@types/node', 'undici-types'], programs)
  const options = [
    '--strict', '--noEmit', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'es2022',
    '--module', 'nodenext', '--types', 'node', '--preserveSymlinks', 'program.mts', 'program.cts',
  ]
  const tsc = spawnSync(process.execPath, [join(modules, 'typescript/bin/tsc'), ...options], { cwd: folder, encoding: 'utf8' })
  assert.deepEqual([tsc.stdout, tsc.status], ['', 0])
})

/** The values that a file of declarations exports, each with its declarations. */
function exported(name) {
  const path = join(home, name)
  const program = ts.createProgram([path], { module: ts.ModuleKind.NodeNext, types: [] })
  const checker = program.getTypeChecker()
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(path)))
  return { checker, values: symbols.filter((symbol) => symbol.flags & ts.SymbolFlags.Value) }
}

test('all that is offered is declared and said something of', () => {
  for (const name of ['index.d.ts', 'index.d.mts']) {
    const { checker, values } = exported(name)
    assert.deepEqual(values.map((symbol) => symbol.name).sort(), Object.keys(weighbridge).sort())
    for (const symbol of values) {
      assert.ok(symbol.getDocumentationComment(checker).length > 0, symbol.name)
    }
  }
})

test('the methods are declared', () => {
  const { checker, values } = exported('index.d.ts')
  const scanner = checker.getDeclaredTypeOfSymbol(values.find((symbol) => symbol.name === 'Scanner'))
  const declared = scanner.getProperties().map((symbol) => symbol.name)
  const there = Object.getOwnPropertyNames(weighbridge.Scanner.prototype).filter((name) => name !== 'constructor')
  assert.deepEqual(declared.sort(), there.sort())
})
