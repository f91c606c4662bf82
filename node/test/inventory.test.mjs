// Which models source trees use: the same as everywhere.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { ScanError, bom, bomSync, inventory, inventorySync, scanBytes, toJson, version } from '../index.mjs'
import { CALL, NONE } from './support/files.mjs'

const LOAD = 'from transformers import AutoModel\nAutoModel.from_pretrained("acme/base", trust_remote_code=True)\n'
const folder = mkdtempSync(join(tmpdir(), 'weighbridge-trees-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const shop = join(folder, 'shop')
mkdirSync(join(shop, 'search'), { recursive: true })
writeFileSync(join(shop, 'search', 'load.py'), LOAD)
writeFileSync(join(shop, 'chat.mjs'), "import { ChatOpenAI } from '@langchain/openai'\nnew ChatOpenAI({ model: 'gpt-4o' })\n")

let made

/** A tree that takes seconds. */
function large() {
  if (!made) {
    made = join(folder, 'large')
    mkdirSync(made)
    const text = LOAD + 'x = [1, 2, f(3)]\n'.repeat(2000)
    for (let at = 0; at < 3000; at += 1) writeFileSync(join(made, `load${at}.py`), text)
  }
  return made
}

const command = (...args) => {
  const program = fileURLToPath(new URL('../bin/weighbridge.js', import.meta.url))
  return execFileSync(process.execPath, [program, ...args], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] })
}

test('the corpus is told as the command line tells it', async () => {
  const corpus = new URL('../../crates/inventory/tests/corpus/', import.meta.url)
  const names = readdirSync(corpus, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort()
  const trees = names.map((name) => fileURLToPath(new URL(name, corpus)))
  const line = command('inventory', '--fail-on', 'never', '--format', 'json', ...trees)
  const whole = await inventory(trees)
  assert.equal(`${toJson(whole)}\n`, line)
  assert.deepEqual(inventorySync(trees, { threads: 1 }), whole)
  for (const spec of ['1.6', '1.7']) {
    const bill = command('bom', '--spec', spec, ...trees)
    assert.equal(await bom(trees, { spec }), bill)
    assert.equal(bomSync(trees, { spec }), bill)
  }
  assert.equal(await bom(trees), bomSync(trees, { spec: null }))
  // The parsers are there: what is followed through names, in both languages.
  const followed = whole.references.filter(({ resolution }) => resolution === 'constant').map(({ location }) => location.file)
  assert.ok(followed.some((file) => file.endsWith('.py')) && followed.some((file) => file.endsWith('.ts')))
})

test('what an inventory tells', async () => {
  const whole = await inventory(shop)
  assert.deepEqual([whole.schema_version, whole.tool.version, whole.files, whole.repositories], [1, version, 2, [shop]])
  assert.deepEqual(whole.references.map(({ hub, service, id }) => [hub, service, id]), [[null, 'openai', 'gpt-4o'], ['huggingface', null, 'acme/base']])
  assert.equal(whole.references[1].flags.trust_remote_code, true)
  assert.ok(whole.findings.some(({ rule, location }) => rule === 'SRC103' && location.kind === 'text'))
  assert.deepEqual(await inventory(new Set([pathToFileURL(shop), join(shop, 'search')])), inventorySync([shop, join(shop, 'search')]))
  assert.deepEqual(await inventory(Buffer.from(shop)), whole)
  assert.deepEqual(inventorySync([Buffer.from(shop)]), whole)
})

test('options reach the library', async () => {
  const ids = (options) => inventorySync(shop, options).references.map(({ id }) => id)
  assert.deepEqual(ids({ include: '*.py' }), ['acme/base'])
  assert.deepEqual(ids({ exclude: ['*.mjs'], threads: 2 }), ['acme/base'])
  const config = join(folder, 'own.toml')
  writeFileSync(config, '[[application]]\npath = "search"\nowner = "us"\n')
  for (const given of [config, Buffer.from(config), pathToFileURL(config)]) {
    const { applications } = await inventory(shop, { config: given })
    assert.deepEqual(applications.map(({ path, owner }) => [path, owner]), [['.', null], ['search', 'us']])
  }
  const { applications } = await inventory(shop, { config, applications: [{ path: 'search', owner: null, criticality: 'high' }] })
  assert.deepEqual([applications[1].owner, applications[1].criticality], [null, 'high'])
  for (const maxFileBytes of [50, 50n]) {
    assert.equal((await inventory(shop, { maxFileBytes })).gaps[0].limit, 'file_bytes')
  }
  assert.equal((await inventory(shop, { maxFiles: 1 })).gaps[0].limit, 'files')
  assert.equal((await inventory(shop, { maxFiles: Infinity, maxReferences: null })).gaps.length, 0)
})

test('models on the disk are told', async () => {
  const place = join(folder, 'models')
  mkdirSync(place)
  writeFileSync(join(place, 'net.pt'), CALL)
  const [{ store, path, files }] = (await inventory(place)).models
  assert.deepEqual([store, path, files[0].verdict, files[0].integrity.state], ['file', 'net.pt', 'malicious', 'not-checked'])
  assert.equal(inventorySync(place, { scan: false }).models[0].files[0].verdict, null)
  assert.equal(inventorySync(place, { maxModelBytes: 1 }).models[0].files[0].sha256, null)
  // The caches of the user are where the environment says; there may be nothing else to read.
  const hub = join(folder, 'hub')
  const snapshot = join(hub, 'models--acme--base', 'snapshots', '0'.repeat(40))
  mkdirSync(snapshot, { recursive: true })
  writeFileSync(join(snapshot, 'net.pkl'), NONE)
  const nothing = join(folder, 'nothing')
  const env = { HOME: nothing, HF_HOME: nothing, TORCH_HOME: nothing, OLLAMA_MODELS: nothing, XDG_CACHE_HOME: nothing, HF_HUB_CACHE: hub }
  const index = JSON.stringify(fileURLToPath(new URL('../index.js', import.meta.url)))
  const program = `console.log(require(${index}).inventorySync([], { caches: true }).models.map(({ repository, id }) => [repository, id]))`
  const told = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8', env: { ...process.env, ...env } })
  assert.equal(told, "[ [ null, 'acme/base' ] ]\n")
})

test('what is wrong is told', async () => {
  for (const [options, words] of [
    [{ thread: 1 }, /there is no option "thread"; there are include, /],
    [{ maxNesting: 1 }, /there is no option/],
    [{ threads: 0 }, /^threads: a whole number from 1 to 256 is wanted, not 0$/],
    [{ include: [5] }, /^include: a string is wanted, not 5$/],
    [{ applications: 5 }, /^applications: objects are wanted, not 5$/],
    [{ applications: [null] }, /^applications: an object is wanted for each, not null$/],
    [{ applications: [{ owner: 'us' }] }, /^applications\.path: a string is wanted, not undefined$/],
    [{ applications: [{ path: 'x', size: 1 }] }, /there is no key "size"/],
    [{ config: 'missing.toml' }, /^config: missing\.toml: it cannot be read/],
    [{ maxFiles: -1 }, /^maxFiles: a whole number/],
    [{ timeoutMs: -1 }, /^timeoutMs: /],
    [{ caches: 'yes' }, /^caches: true or false is wanted/],
    [{ spec: '1.5' }, /^spec: one of 1\.6, 1\.7 is wanted, not "1\.5"$/],
  ]) {
    const wanted = { code: 'WEIGHBRIDGE_INVALID_OPTION', message: words }
    await assert.rejects(bom(shop, options), wanted)
    assert.throws(() => bomSync(shop, options), wanted)
  }
  for (const wrong of [{ spec: '1.6' }, { signal: new AbortController().signal }]) {
    assert.throws(() => inventorySync(shop, wrong), { code: 'WEIGHBRIDGE_INVALID_OPTION' })
  }
  for (const paths of [5, undefined, [], [5], new Uint8Array(NONE)]) {
    await assert.rejects(inventory(paths), { code: 'WEIGHBRIDGE_INVALID_ARGUMENT' })
  }
  const missing = join(shop, 'missing')
  await assert.rejects(inventory([shop, missing]), { code: 'ENOENT', path: missing })
  assert.throws(() => inventorySync(missing), { code: 'ENOENT', path: missing })
})

test('what is not wanted any more ends, and tells what was found', async () => {
  await assert.rejects(inventory(shop, { signal: AbortSignal.abort(new Error('gone')) }), { code: 'ABORT_ERR' })
  const reason = new Error('the client is gone')
  const call = new AbortController()
  let begun
  const promise = inventory(large(), { signal: call.signal, progress: () => { begun ??= performance.now(); call.abort(reason) } })
  const error = await promise.then(() => null, (error) => error)
  assert.ok(error instanceof ScanError)
  assert.deepEqual([error.code, error.cause, error.report], ['ABORT_ERR', reason, null])
  assert.equal(error.inventory.gaps.at(-1).reason, 'cancelled')
  assert.ok(performance.now() - begun < 1000)
  // Its thread is free.
  assert.equal((await scanBytes(NONE)).verdict, 'clean')
  await assert.rejects(bom(large(), { timeoutMs: 100 }), { code: 'WEIGHBRIDGE_TIMEOUT', name: 'TimeoutError' })
  assert.throws(() => inventorySync(large(), { timeoutMs: 100 }), (error) => error.inventory.gaps.at(-1).limit === 'deadline')
  await assert.rejects(inventory(large(), { progress: () => { throw new Error('no more') } }), { message: 'no more' })
})

test('progress is told, and the event loop goes on', async () => {
  const told = []
  let turns = 0
  const timer = setInterval(() => { turns += 1 }, 5)
  await inventory([shop, large()], { include: 'load1*', progress: (...far) => told.push(far) })
  clearInterval(timer)
  assert.ok(told.length > 0 && told.every(([read], at) => at === 0 || read >= told[at - 1][0]))
  assert.ok(told.every(([, total]) => total === told[0][1]))
  assert.ok(turns > 5)
})
