// Tensors as typed arrays.

import assert from 'node:assert/strict'
import { ftruncateSync, openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

import { ScanError, Tensors, diff, loadTensors, loadTensorsSync } from '../index.mjs'
import { file, pause } from './support/files.mjs'
import { ARTIFACTS, array, one, pickled, safetensors } from './support/checkpoints.mjs'

const artifact = (name) => fileURLToPath(new URL(name, ARTIFACTS))
const code = (code) => (error) => error instanceof ScanError && error.code === code

test('tensors of PyTorch are typed arrays in the order of the indices', async () => {
  const path = artifact('torch-zip.pt')
  for (const tensors of [await loadTensors(path), loadTensorsSync(pathToFileURL(path)), await loadTensors(readFileSync(path))]) {
    assert.ok(tensors instanceof Tensors)
    assert.deepEqual(tensors.names(), ['weight', 'transposed', 'half', 'flags', 'big'])
    assert.deepEqual([tensors.formats, tensors.metadata, tensors.refused], [['torch-zip'], {}, []])
    assert.deepEqual(tensors.get('weight'), { dtype: 'float32', shape: [2, 3], data: new Float32Array([0, 1, 2, 3, 4, 5]) })
    assert.deepEqual(tensors.get('transposed').data, new Float32Array([0, 3, 1, 4, 2, 5]))
    assert.deepEqual(tensors.get('flags'), { dtype: 'bool', shape: [2], data: new Uint8Array([1, 0]) })
    assert.deepEqual(tensors.get('big').data, new BigInt64Array([1n, 2n ** 40n]))
    assert.deepEqual(tensors.info('transposed'), { name: 'transposed', dtype: 'float32', shape: [3, 2], strides: [1, 3], bytes: 24 })
    assert.equal(tensors.extras.epoch, 3)
    assert.deepEqual(tensors.extras.weight, { $tensor: 'weight' })
    assert.ok(tensors.has('big') && !tensors.has('small'))
  }
})

test('every type has its array', () => {
  const half = globalThis.Float16Array ?? Uint16Array
  const bytes = Uint8Array.from({ length: 16 }, (_, at) => (at % 2 ? 0x3f : 0x80))
  for (const [dtype, name, Elements, elements = 16 / Elements.BYTES_PER_ELEMENT] of [
    ['BOOL', 'bool', Uint8Array], ['U8', 'uint8', Uint8Array], ['I8', 'int8', Int8Array],
    ['U16', 'uint16', Uint16Array], ['I16', 'int16', Int16Array], ['F16', 'float16', half], ['BF16', 'bfloat16', Uint16Array],
    ['U32', 'uint32', Uint32Array], ['I32', 'int32', Int32Array], ['F32', 'float32', Float32Array],
    ['U64', 'uint64', BigUint64Array], ['I64', 'int64', BigInt64Array], ['F64', 'float64', Float64Array],
    ['F8_E4M3', 'float8_e4m3fn', Uint8Array], ['F8_E5M2', 'float8_e5m2', Uint8Array], ['C64', 'complex64', Float32Array, 2],
  ]) {
    const { dtype: found, shape, data } = loadTensorsSync(one(dtype, [elements], bytes)).get('t')
    assert.deepEqual([found, shape], [name, [elements]])
    assert.equal(data.constructor, Elements)
    assert.deepEqual(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), bytes)
  }
})

test('parts along the first dimension', () => {
  const tensors = loadTensorsSync(one('I8', [4, 2], [0, 1, 2, 3, 4, 5, 6, 7]))
  const part = (range) => tensors.get('t', range)
  assert.deepEqual(part({ start: 1, end: 3 }), { dtype: 'int8', shape: [2, 2], data: new Int8Array([2, 3, 4, 5]) })
  assert.deepEqual(part({ end: 1 }).data, new Int8Array([0, 1]))
  assert.deepEqual(part({ start: 3 }).data, new Int8Array([6, 7]))
  assert.deepEqual(part({}).data.length, 8)
  assert.deepEqual(part({ start: 4 }), { dtype: 'int8', shape: [0, 2], data: new Int8Array() })
  for (const range of [{ start: -1 }, { end: 5 }, { start: 3, end: 2 }, { start: 0.5 }, { start: '1' }, 5, 'all', { end: NaN }, { end: 2 ** 60 }]) {
    assert.throws(() => part(range), code('WEIGHBRIDGE_INVALID_ARGUMENT'), JSON.stringify(range))
  }
  const turned = loadTensorsSync(artifact('torch-zip.pt')).get('transposed', { start: 1, end: 3 })
  assert.deepEqual(turned, { dtype: 'float32', shape: [2, 2], data: new Float32Array([1, 4, 2, 5]) })
  assert.throws(() => loadTensorsSync(one('I8', [], [7])).get('t', {}), code('WEIGHBRIDGE_INVALID_ARGUMENT'))
  assert.deepEqual(loadTensorsSync(one('I8', [], [7])).get('t').data, new Int8Array([7]))
})

test('a gigabyte is opened at once, and no more is read than is asked for', async () => {
  const size = 2 ** 30
  const header = safetensors({ w: { dtype: 'F32', shape: [2 ** 10, 2 ** 18], data_offsets: [0, size] } }, Buffer.alloc(0))
  const path = file('large.safetensors', header)
  const written = openSync(path, 'r+')
  ftruncateSync(written, header.length + size)
  writeSync(written, Buffer.from(new Float32Array([5]).buffer), 0, 4, header.length + 700 * 2 ** 20)
  closeSync(written)
  loadTensorsSync(one('I8', [1], [0])).get('t')
  const { rss } = process.memoryUsage()
  const times = []
  let tensors
  for (let round = 0; round < 5; round += 1) {
    tensors?.close()
    const begun = performance.now()
    tensors = await loadTensors(path)
    times.push(performance.now() - begun)
  }
  assert.ok(Math.min(...times) < 20, times.join())
  const { shape, data } = tensors.get('w', { start: 700, end: 704 })
  assert.deepEqual(shape, [4, 2 ** 18])
  assert.deepEqual([data[0], data.reduce((sum, element) => sum + element)], [5, 5])
  const more = process.memoryUsage().rss - rss
  assert.ok(more < 64 * 2 ** 20, `${more}`)
  rmSync(path)
  assert.equal(tensors.get('w', { start: 700, end: 701 }).data[0], 5)
})

test('what is not given says why', async () => {
  const lying = pickled({ fine: array([3], [1, 2, 3]), lie: array([4], [1, 2, 3]) })
  const tensors = await loadTensors(lying)
  assert.deepEqual(tensors.names(), ['fine'])
  assert.deepEqual(tensors.refused.map(({ name }) => name), ['lie'])
  assert.throws(() => tensors.get('lie'), (error) =>
    code('WEIGHBRIDGE_TENSOR_REFUSED')(error) && error.message.includes(tensors.refused[0].why))
  assert.throws(() => tensors.info('none'), code('WEIGHBRIDGE_NO_TENSOR'))
  assert.throws(() => tensors.get(5), code('WEIGHBRIDGE_NO_TENSOR'))
  assert.deepEqual(tensors.get('fine').data, new Float32Array([1, 2, 3]))
})

test('a payload is told and never runs', () => {
  const path = file('payload-marker', Buffer.alloc(0))
  rmSync(path)
  const tensors = loadTensorsSync(pickled({ w: array([1], [7]) }, Buffer.from(`cos\nsystem\n(S'touch ${path}'\ntR0`)))
  assert.deepEqual(tensors.get('w').data, new Float32Array([7]))
  assert.deepEqual(tensors.extras, { w: { $tensor: 'w' } })
  assert.throws(() => readFileSync(path), { code: 'ENOENT' })
})

test('what is closed stays closed, and what was got stays', () => {
  const tensors = loadTensorsSync(one('I8', [2], [1, 2]))
  const { data } = tensors.get('t')
  tensors.close()
  tensors.close()
  for (const ask of [() => tensors.get('t'), () => tensors.info('t'), () => tensors.extras]) {
    assert.throws(ask, code('WEIGHBRIDGE_CLOSED'))
  }
  globalThis.gc?.()
  assert.deepEqual(data, new Int8Array([1, 2]))
  assert.deepEqual(tensors.names(), ['t'])
  assert.throws(() => new Tensors(), code('WEIGHBRIDGE_INVALID_ARGUMENT'))
  if (Symbol.dispose) assert.equal(typeof tensors[Symbol.dispose], 'function')
})

test('what cannot be opened says why', async () => {
  const none = artifact('none.pt')
  await assert.rejects(loadTensors(none), (error) => code('ENOENT')(error) && error.path === none && error.syscall === 'open')
  assert.throws(() => loadTensorsSync(none), code('ENOENT'))
  await assert.rejects(loadTensors(Buffer.from('words that are no model')), code('WEIGHBRIDGE_INVALID_CHECKPOINT'))
  assert.throws(() => loadTensorsSync(Buffer.alloc(0)), code('WEIGHBRIDGE_INVALID_CHECKPOINT'))
  await assert.rejects(loadTensors(5), code('WEIGHBRIDGE_INVALID_ARGUMENT'))
  await assert.rejects(loadTensors(none, { mapped: true }), code('WEIGHBRIDGE_INVALID_OPTION'))
  await assert.rejects(loadTensors(none, { signal: AbortSignal.abort('enough') }), code('ABORT_ERR'))
  await assert.rejects(loadTensors(none, { maxMembers: -1 }), code('WEIGHBRIDGE_INVALID_OPTION'))
})

test('whoever wants opening to end ends it', async () => {
  const list = Buffer.concat([Buffer.from('('), Buffer.alloc(2000, 'K\x01', 'latin1'), Buffer.from('e')])
  const long = Buffer.concat([Buffer.from('\x80\x02]', 'latin1'), Buffer.alloc(20_000 * list.length, list), Buffer.from('.')])
  const ending = new AbortController()
  const aborted = loadTensors(long, { signal: ending.signal })
  setTimeout(() => ending.abort('enough'), 20)
  await assert.rejects(aborted, (error) => code('ABORT_ERR')(error) && error.cause === 'enough')
  await assert.rejects(loadTensors(long, { timeoutMs: 20 }), code('WEIGHBRIDGE_TIMEOUT'))
  assert.throws(() => loadTensorsSync(long, { timeoutMs: 20 }), code('WEIGHBRIDGE_TIMEOUT'))
  assert.throws(() => loadTensorsSync(long, { signal: ending.signal }), code('WEIGHBRIDGE_INVALID_OPTION'))
  await assert.rejects(diff(long, long, { timeoutMs: 20 }), code('WEIGHBRIDGE_TIMEOUT'))
  assert.deepEqual(loadTensorsSync(one('I8', [1], [1]), { timeoutMs: 60_000 }).names(), ['t'])
})

test('workers have tensors of their own, and may be terminated', async () => {
  const program = `
    const { workerData, parentPort } = require('node:worker_threads')
    const { loadTensors } = require(workerData.module)
    loadTensors(workerData.path).then((tensors) => {
      const { data } = tensors.get('weight')
      parentPort.postMessage(data)
      for (;;) tensors.get('weight')
    })`
  const workerData = { module: fileURLToPath(new URL('../index.js', import.meta.url)), path: artifact('torch-zip.pt') }
  const worker = new Worker(program, { eval: true, workerData })
  const data = await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))
  assert.deepEqual(data, new Float32Array([0, 1, 2, 3, 4, 5]))
  await pause(20)
  await worker.terminate()
})
