// What the documentation says is so: every example is run, and prints what its comments say.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { CALL } from './support/files.mjs'

const top = new URL('../../', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'weighbridge-docs-'))
after(() => rmSync(folder, { recursive: true, force: true }))
mkdirSync(join(folder, 'node_modules'))
symlinkSync(fileURLToPath(new URL('node', top)), join(folder, 'node_modules', 'weighbridge'))
writeFileSync(join(folder, 'upload.pkl'), CALL)
copyFileSync(new URL('crates/core/tests/artifacts/torch-zip.pt', top), join(folder, 'model.pt'))
mkdirSync(join(folder, 'shop', 'search'), { recursive: true })
writeFileSync(
  join(folder, 'shop', 'search', 'load.py'),
  'from transformers import AutoModel\nmodel = AutoModel.from_pretrained("acme/base", trust_remote_code=True)\n',
)

/** What an example is to print: the comments behind console.log, and those that are lines. */
function expected(example) {
  const lines = example.split('\n').map((line) => line.match(/(?:^\s*console\.log\(.*\) |^)\/\/ (.*)$/)?.[1])
  return lines.filter((line) => line !== undefined)
}

for (const [page, least] of [['docs/api/node.md', 5], ['node/README.md', 1], ['README.md', 1]]) {
  const text = readFileSync(new URL(page, top), 'utf8')
  const examples = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, example]) => example)
  test(`${page} has examples`, () => assert.ok(examples.length >= least))
  for (const [at, example] of examples.entries()) {
    test(`${page}: example ${at + 1}`, () => {
      const path = join(folder, 'example.mjs')
      writeFileSync(path, example)
      const ended = spawnSync(process.execPath, [path], { cwd: folder, encoding: 'utf8' })
      assert.equal(ended.stderr, '')
      if (page !== 'node/README.md') assert.deepEqual(ended.stdout.trimEnd().split('\n'), expected(example))
    })
  }
}
