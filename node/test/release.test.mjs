// The packages, as they would be published, install and work without anything else.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { version } from '../index.mjs'
import { CALL, file } from './support/files.mjs'

const home = fileURLToPath(new URL('..', import.meta.url))
const isWindows = process.platform === 'win32'
const shell = isWindows
const call = file('call.pkl', CALL)

const folder = mkdtempSync(join(tmpdir(), 'weighbridge-release-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** The package for this machine, with what was built here. */
function platformPackage() {
  const { glibcVersionRuntime } = process.report.getReport().header
  const abi = { linux: glibcVersionRuntime ? '-gnu' : '-musl', win32: '-msvc' }[process.platform] ?? ''
  const place = join(folder, 'platform')
  cpSync(join(home, 'npm', `${process.platform}-${process.arch}${abi}`), place, { recursive: true })
  cpSync(join(home, 'weighbridge.node'), join(place, 'weighbridge.node'))
  return place
}

function pack(place) {
  const options = ['pack', place, '--json', '--offline', '--pack-destination', folder]
  const [{ filename }] = JSON.parse(execFileSync('npm', options, { cwd: folder, encoding: 'utf8', shell }))
  return join(folder, filename)
}

test('what is packed installs and works', () => {
  const tarballs = [pack(home), pack(platformPackage())]
  const project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{}')
  const options = ['install', '--offline', '--no-audit', '--no-fund', ...tarballs]
  execFileSync('npm', options, { cwd: project, stdio: 'pipe', shell })
  assert.equal(existsSync(join(project, 'node_modules/weighbridge/weighbridge.node')), false)

  const script = `const { scanSync, version } = require('weighbridge'); console.log(version, scanSync(process.argv[1]).verdict)`
  const required = execFileSync(process.execPath, ['-e', script, call], { cwd: project, encoding: 'utf8' })
  assert.equal(required, `${version} malicious\n`)
  const scanned = spawnSync('npx', ['--no-install', 'weighbridge', 'scan', call], { cwd: project, encoding: 'utf8', shell })
  assert.equal(scanned.status, 1, scanned.stderr)
  assert.match(scanned.stdout, /PKL101/)
})

test('a machine without a native module is told so', () => {
  const place = join(folder, 'bare', 'node_modules', 'weighbridge')
  cpSync(home, place, { recursive: true, filter: (path) => !/\/(test|npm|examples|weighbridge\.node)$/.test(path) })
  const script = `try { require('weighbridge') } catch (error) { console.log(error.code, error.message) }`
  const told = execFileSync(process.execPath, ['-e', script], { cwd: join(folder, 'bare'), encoding: 'utf8' })
  assert.match(told, /^WEIGHBRIDGE_NO_NATIVE_MODULE weighbridge has no native module for this machine: weighbridge-\w+-\w+/)
})
