// What is published.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { version } from '../index.mjs'
import { results } from '../generate-types.mjs'

const home = new URL('..', import.meta.url)
const text = (path) => readFileSync(new URL(path, home), 'utf8')
const manifest = JSON.parse(text('package.json'))

test('the versions are one', () => {
  const [, workspace] = text('../Cargo.toml').match(/\[workspace\.package\]\nversion = "([^"]+)"/)
  assert.deepEqual([manifest.version, version], [workspace, workspace])
})

test('every platform has a package', () => {
  const platforms = readdirSync(new URL('npm/', home))
  const wanted = Object.fromEntries(platforms.map((platform) => [`weighbridge-${platform}`, version]))
  assert.deepEqual(manifest.optionalDependencies, wanted)
  for (const platform of platforms) {
    const own = JSON.parse(text(`npm/${platform}/package.json`))
    const [os, cpu, abi] = platform.split('-')
    assert.deepEqual([own.name, own.version, own.os, own.cpu], [`weighbridge-${platform}`, version, [os], [cpu]])
    assert.deepEqual(own.libc, os === 'linux' ? [abi === 'gnu' ? 'glibc' : 'musl'] : undefined)
    assert.deepEqual([own.main, own.files], ['weighbridge.node', ['weighbridge.node']])
    assert.deepEqual([own.license, own.engines], [manifest.license, manifest.engines])
  }
})

test('the types of results are those of the schemas', () => {
  assert.equal(text('results.d.ts'), results(), 'run node generate-types.mjs')
})

test('what is published is what is used', () => {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const listed = execFileSync(npm, ['pack', '--dry-run', '--json', '--offline'], { cwd: fileURLToPath(home), encoding: 'utf8' })
  const files = JSON.parse(listed)[0].files.map(({ path }) => path).sort()
  assert.deepEqual(files, [
    'LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'bin/weighbridge.js', 'index.d.mts', 'index.d.ts', 'index.js', 'index.mjs', 'inventory.d.ts',
    ...readdirSync(new URL('lib/', home)).map((name) => `lib/${name}`).sort(), 'package.json', 'results.d.ts', 'tensors.d.ts',
  ])
})

test('nothing else is needed', () => {
  assert.equal(manifest.dependencies, undefined)
  assert.equal(manifest.devDependencies, undefined)
  assert.equal(manifest.scripts, undefined)
})
