// Conversion to safetensors, and comparison.

import assert from 'node:assert/strict'
import { closeSync, copyFileSync, existsSync, ftruncateSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { ScanError, convert, convertSync, diff, diffSync, loadTensors, toJson } from '../index.mjs'
import { ARTIFACTS, array, one, pickled, safetensors } from './support/checkpoints.mjs'

const code = (code) => (error) => error instanceof ScanError && error.code === code
const top = mkdtempSync(join(tmpdir(), 'weighbridge-convert-'))
after(() => rmSync(top, { recursive: true, force: true }))

/** A folder with a model in it. */
function folder(name = 'torch-zip.pt') {
  const path = mkdtempSync(join(top, 'case-'))
  copyFileSync(fileURLToPath(new URL(name, ARTIFACTS)), join(path, 'model.pt'))
  return { path, source: join(path, 'model.pt'), names: () => readdirSync(path).sort() }
}

test('a model becomes safetensors, beside it or elsewhere', async () => {
  const { path, source, names } = folder()
  const done = await convert(source)
  assert.deepEqual(names(), ['model.pt', 'model.safetensors'])
  assert.deepEqual(done.files, [{ path: join(path, 'model.safetensors'), size: readFileSync(join(path, 'model.safetensors')).length }])
  assert.deepEqual([done.verdict, done.formats, done.has_values, done.dry_run], ['clean', ['torch-zip'], true, false])
  assert.ok((await diff(source, done.files[0].path)).identical)
  const again = convertSync(pathToFileURL(source), pathToFileURL(join(path, 'again.safetensors')))
  assert.deepEqual(readFileSync(again.files[0].path), readFileSync(done.files[0].path))
  assert.deepEqual(JSON.parse(toJson(done)), done)
})

test('options are heeded', async () => {
  const { path, source, names } = folder()
  const extras = join(path, 'rest.json')
  const options = { metadata: { format: 'pt' }, shardSize: 30, dtype: 'bfloat16', tied: 'duplicate', extras }
  const done = await convert(source, join(path, 'out.safetensors'), options)
  assert.equal(done.files.length, 2)
  assert.deepEqual(names(), ['model.pt', 'out-00001-of-00002.safetensors', 'out-00002-of-00002.safetensors', 'out.safetensors.index.json', 'rest.json'])
  assert.equal(JSON.parse(readFileSync(extras)).epoch, 3)
  const tensors = await loadTensors(done.index)
  assert.deepEqual([tensors.info('weight').dtype, tensors.metadata.format], ['bfloat16', 'pt'])
  for (const shardSize of ['30', '30B', 30n]) {
    assert.equal((await convert(source, null, { shardSize, dtype: 'bfloat16', dryRun: true })).files.length, 2)
  }
  assert.ok(!existsSync(join(path, 'model.safetensors')))
  const keyed = join(path, 'keyed.pkl')
  writeFileSync(keyed, pickled({ 'a.w': array([1], [7]), b: array([1], [8]) }))
  const part = convertSync(keyed, undefined, { key: 'a', dryRun: true })
  assert.deepEqual([part.tensors.map(({ name }) => name), part.elsewhere], [['w'], 1])
})

test('files that are there stay unless they are to go', async () => {
  const { path, source } = folder()
  const out = join(path, 'out.safetensors')
  writeFileSync(out, 'words')
  for (const attempt of [() => convert(source, out), async () => convertSync(source, out)]) {
    await assert.rejects(attempt(), (error) => code('EEXIST')(error) && error.path === out && error.errno < 0)
  }
  assert.equal(readFileSync(out, 'utf8'), 'words')
  await convert(source, out, { force: true })
  assert.notEqual(readFileSync(out, 'utf8'), 'words')
  await assert.rejects(convert(source, source, { force: true }), code('WEIGHBRIDGE_INVALID_OPTION'))
})

test('what stands in the way is named', async () => {
  const { path, names } = folder()
  const source = join(path, 'lying.pkl')
  writeFileSync(source, pickled({ fine: array([3], [1, 2, 3]), lie: array([4], [1, 2, 3]) }))
  await assert.rejects(convert(source), (error) =>
    code('WEIGHBRIDGE_CONVERT_REFUSED')(error) && error.refused.length === 1 && error.refused[0].name === 'lie' && /lie/.test(error.message))
  const nothing = join(path, 'nothing.pkl')
  writeFileSync(nothing, pickled({ epoch: Buffer.from('K\x07') }))
  assert.throws(() => convertSync(nothing), (error) => code('WEIGHBRIDGE_CONVERT_REFUSED')(error) && error.refused.length === 0)
  writeFileSync(nothing, 'words that are no model')
  await assert.rejects(convert(nothing), code('WEIGHBRIDGE_INVALID_CHECKPOINT'))
  await assert.rejects(convert(join(path, 'none')), (error) => code('ENOENT')(error) && error.syscall === 'open')
  await assert.rejects(convert(source.replace('lying.pkl', 'model.pt'), join(path, 'none', 'out')), (error) =>
    code('ENOENT')(error) && error.path === join(path, 'none', 'out'))
  assert.deepEqual(names(), ['lying.pkl', 'model.pt', 'nothing.pkl'])
})

test('code stays behind and is told', async () => {
  const { path } = folder()
  const [source, marker] = [join(path, 'harmful.pkl'), join(path, 'marker')]
  writeFileSync(source, pickled({ w: array([1], [7]) }, Buffer.from(`cos\nsystem\n(S'touch ${marker}'\ntR0`)))
  const done = await convert(source)
  assert.deepEqual([done.verdict, done.code.map(({ resolved, effect }) => [resolved, effect])], ['malicious', [['os.system', 'process']]])
  assert.ok(!existsSync(marker) && !readFileSync(done.files[0].path).includes('system'))
})

test('options that are wrong are named', async () => {
  const { source, names } = folder()
  for (const [name, value] of [
    ['shardSize', '5XB'], ['shardSize', -1], ['dtype', 'int8'], ['tied', 'both'], ['force', 1], ['metadata', { a: 1 }],
    ['metadata', 'a=1'], ['key', 5], ['overwrite', true], ['maxBytes', -1], ['signal', 5], ['progress', 5], ['timeoutMs', -1],
  ]) {
    await assert.rejects(convert(source, null, { [name]: value }), (error) =>
      code('WEIGHBRIDGE_INVALID_OPTION')(error) && error.message.includes(name), `${name}: ${value}`)
  }
  assert.throws(() => convertSync(source, null, { signal: new AbortController().signal }), code('WEIGHBRIDGE_INVALID_OPTION'))
  assert.throws(() => convertSync(source, null, { shardSize: '5XB' }), code('WEIGHBRIDGE_INVALID_OPTION'))
  await assert.rejects(convert(Buffer.alloc(5)), code('WEIGHBRIDGE_INVALID_ARGUMENT'))
  await assert.rejects(convert(source, 5), code('WEIGHBRIDGE_INVALID_ARGUMENT'))
  await assert.rejects(convert(source, null, { extras: 5 }), code('WEIGHBRIDGE_INVALID_ARGUMENT'))
  assert.deepEqual(names(), ['model.pt'])
})

test('progress is told, and whoever wants it to end ends it', async () => {
  const { path, source, names } = folder()
  const header = safetensors({ w: { dtype: 'F32', shape: [2 ** 24], data_offsets: [0, 2 ** 26] } }, Buffer.alloc(0))
  const written = openSync(source, 'w')
  writeSync(written, header)
  ftruncateSync(written, header.length + 2 ** 26)
  closeSync(written)
  const told = []
  const out = join(path, 'out.safetensors')
  await convert(source, out, { progress: (...at) => told.push(at) })
  assert.ok(told.length > 0 && told.every(([reached, total]) => reached <= total && total === 2 ** 27))
  rmSync(out)
  const ending = new AbortController()
  const aborted = convert(source, out, { signal: ending.signal, progress: () => ending.abort('enough') })
  await assert.rejects(aborted, (error) => code('ABORT_ERR')(error) && error.cause === 'enough')
  await assert.rejects(convert(source, out, { progress: () => { throw new RangeError('words') } }), RangeError)
  await assert.rejects(convert(source, out, { timeoutMs: 5 }), code('WEIGHBRIDGE_TIMEOUT'))
  assert.throws(() => convertSync(source, out, { timeoutMs: 5 }), code('WEIGHBRIDGE_TIMEOUT'))
  await assert.rejects(diff(source, source, { timeoutMs: 1 }), code('WEIGHBRIDGE_TIMEOUT'))
  await assert.rejects(diff(source, source, { signal: AbortSignal.abort() }), code('ABORT_ERR'))
  assert.deepEqual(names(), ['model.pt'])
})

test('who throws when all is told to be done gets no file', async () => {
  const { path, source, names } = folder()
  const out = join(path, 'out.safetensors')
  for (let round = 0; round < 20; round += 1) {
    for (const options of [{}, { shardSize: 1 }]) {
      let told = 0
      const progress = (reached, total) => {
        if (reached === total) {
          told += 1
          throw new RangeError('words')
        }
      }
      await assert.rejects(convert(source, out, { ...options, progress }), RangeError)
      assert.equal(told, 1)
      assert.deepEqual(names(), ['model.pt'])
    }
  }
  const ending = new AbortController()
  const progress = (reached, total) => reached === total && ending.abort()
  await assert.rejects(convert(source, out, { signal: ending.signal, progress }), code('ABORT_ERR'))
  assert.deepEqual(names(), ['model.pt'])
})

test('differences are told', async () => {
  const found = await diff(one('I8', [3], [1, 2, 3]), one('I8', [3], [1, 0, 0]))
  assert.deepEqual(found, {
    schema_version: 1, identical: false, same: 0, only_first: [], only_second: [], unread: [],
    changed: [{ name: 't', dtypes: ['int8', 'int8'], shapes: [[3], [3]], elements: 2, first: 1 }],
  })
  assert.equal(toJson(found), JSON.stringify(found))
  await assert.rejects(diff(one('I8', [1], [1]), Buffer.from('words')), code('WEIGHBRIDGE_INVALID_CHECKPOINT'))
  await assert.rejects(diff(one('I8', [1], [1]), '/none/at/all'), (error) => code('ENOENT')(error) && error.path === '/none/at/all')
})

test('models are compared on this thread, too', async () => {
  const { path, source } = folder()
  const out = join(path, 'out.safetensors')
  await convert(source, out)
  const pickle = pickled({ weight: array([1], [7]) })
  for (const pair of [[source, out], [pathToFileURL(source), readFileSync(out)], [source, pickle]]) {
    assert.deepEqual(diffSync(...pair), await diff(...pair))
  }
  assert.equal(diffSync(source, out).identical, true)
  assert.throws(() => diffSync(source, join(path, 'none')), (error) => code('ENOENT')(error) && error.path === join(path, 'none'))
  assert.throws(() => diffSync(source, Buffer.from('words')), code('WEIGHBRIDGE_INVALID_CHECKPOINT'))
  assert.throws(() => diffSync(source, out, { progress() {} }), code('WEIGHBRIDGE_INVALID_OPTION'))
  assert.throws(() => diffSync(source, out, { maxMembers: -1 }), code('WEIGHBRIDGE_INVALID_OPTION'))
  assert.throws(() => diffSync(source, out, { timeoutMs: 0 }), code('WEIGHBRIDGE_TIMEOUT'))
})

test('files may be where no text says', { skip: process.platform !== 'linux' && 'paths are text' }, async () => {
  const { path, source } = folder()
  const place = (name) => Buffer.concat([Buffer.from(`${path}/`), Buffer.from(name, 'latin1')])
  const [from, out, extras, again] = ['\xfc.pt', '\xdf.safetensors', '\xe4.json', '\xf6.safetensors'].map(place)
  copyFileSync(source, from)
  await convert(from, out, { extras })
  convertSync(from, again)
  assert.deepEqual(readFileSync(out), readFileSync(again))
  assert.equal(JSON.parse(readFileSync(extras)).epoch, 3)
  await assert.rejects(convert(from, out), code('EEXIST'))
})
