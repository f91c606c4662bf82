// The examples do what they say.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { CALL, NONE, file, longPickle, pause } from '../support/files.mjs'
import { project } from './installed.mjs'

const folder = project(['fastify'], ['examples/upload.mjs', 'examples/worker.mjs'])
const load = (name) => import(pathToFileURL(join(folder, name)))

async function running() {
  const { server } = await load('upload.mjs')
  const models = join(folder, 'models')
  const app = server(models)
  after(() => app.close())
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const put = async (name, body) => {
    const headers = { 'content-type': 'application/octet-stream' }
    const response = await fetch(`${address}/models/${name}`, { method: 'PUT', headers, body })
    return [response.status, await response.json()]
  }
  return { app, address, models, put }
}

test('an upload service keeps what is harmless and says why it refuses the rest', async () => {
  const { address, models, put } = await running()
  assert.deepEqual(await put('none.pkl', NONE), [201, { verdict: 'clean' }])
  assert.deepEqual(readFileSync(join(models, 'none.pkl')), NONE)
  const [status, { error, verdict }] = await put('upload.pkl', CALL)
  assert.deepEqual([status, verdict], [422, 'malicious'])
  assert.match(error, /^upload\.pkl: loading calls os\.system\('inert words'\); it starts, .* \(PKL101\)\. Do not load this file\./)
  const [, broken] = await put('broken.pkl', CALL.subarray(0, 3))
  assert.notEqual(broken.verdict, 'clean')
  assert.deepEqual((await put('..%2fx', NONE))[0], 400)
  // A client that is gone leaves nothing behind.
  const socket = connect(new URL(address).port, '127.0.0.1')
  socket.write(`PUT /models/gone.pkl HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 999\r\n\r\nwords`)
  await pause(100)
  assert.equal(readdirSync(models).length, 2)
  socket.destroy()
  for (let round = 0; round < 100 && readdirSync(models).length > 1; round += 1) await pause(10)
  assert.deepEqual(readdirSync(models), ['none.pkl'])
  assert.equal(existsSync(join(models, 'upload.pkl')), false)
})

test('a worker scans', () => {
  const paths = [file('call.pkl', CALL), file('none.pkl', NONE)]
  const ended = spawnSync(process.execPath, ['worker.mjs', ...paths], { cwd: folder, encoding: 'utf8' })
  assert.equal(ended.stderr, '')
  const [first, second] = ended.stdout.trimEnd().split('\n')
  assert.ok(first.startsWith(`malicious: ${paths[0]}: loading calls os.system('inert words')`))
  assert.equal(second, `clean: ${paths[1]}`)
})

test('a worker can be interrupted', { skip: process.platform === 'win32' && 'Windows has no such signals' }, async () => {
  // Half a minute of work.
  const paths = Array.from({ length: 50 }, () => longPickle())
  const running = spawn(process.execPath, ['worker.mjs', ...paths], { cwd: folder, stdio: 'ignore' })
  const ended = new Promise((resolve) => running.once('exit', (...how) => resolve(how)))
  await pause(500)
  const begun = performance.now()
  running.kill('SIGINT')
  assert.deepEqual(await ended, [0, null])
  assert.ok(performance.now() - begun < 1000, `${performance.now() - begun} ms`)
})
