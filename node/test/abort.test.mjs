// A call that is not wanted any more ends, and its thread is free.

import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'

import * as weighbridge from '../index.mjs'
import native from '../lib/native.js'
import { CALL, LADEN, NONE, file, ladenPickle, longPickle, pause } from './support/files.mjs'
import { promptly } from './support/promptly.mjs'

const { scan, scanBytes, scanMany, scanStream } = weighbridge
const none = file('none.pkl', NONE)
const threads = native.threads()

/** Starts long scans on all threads, or on so many, and waits until they run. */
async function occupied(options = {}, count = threads) {
  const path = longPickle()
  const running = []
  const calls = Array.from({ length: count }, () => {
    const call = new AbortController()
    const started = new Promise((resolve) => {
      const promise = scan(path, { signal: call.signal, progress: resolve, ...options })
      promise.catch(() => {})
      running.push({ call, promise })
    })
    return started
  })
  await Promise.all(calls)
  return running
}

test('an aborted scan says so, and tells what was found', async () => {
  const path = longPickle()
  const reason = new Error('the client is gone')
  const call = new AbortController()
  const promise = scan(path, { signal: call.signal, progress: () => call.abort(reason) })
  const error = await promise.then(() => null, (error) => error)
  assert.deepEqual([error.name, error.code, error.cause], ['AbortError', 'ABORT_ERR', reason])
  assert.equal(error.report.verdict, 'unknown')
  assert.deepEqual(error.report.coverage.gaps.map((gap) => gap.reason), ['cancelled'])
})

test('an aborted scan frees its thread within 50 ms', async () => {
  await promptly(50, 'abort', async () => {
    const running = await occupied()
    const next = scan(none)
    return {
      async begin() {
        for (const { call } of running) call.abort()
        assert.equal((await next).verdict, 'clean')
      },
      async after() {
        for (const { promise } of running) await assert.rejects(promise, { code: 'ABORT_ERR' })
      },
    }
  }, threads)
})

/** Starts a scan, and waits until it holds some hundred megabytes. */
async function laden() {
  const call = new AbortController()
  let promise
  await new Promise((resolve) => {
    const progress = (reached, total) => {
      if (reached > 0.9 * total) resolve()
    }
    promise = scan(ladenPickle(), { signal: call.signal, progress })
    promise.catch(resolve)
  })
  return { call, promise }
}

test('an aborted scan that holds much frees its thread within 50 ms', async () => {
  await promptly(50, 'abort', async () => {
    const others = await occupied({}, threads - 1)
    const first = await laden()
    const next = scan(none)
    return {
      async begin() {
        first.call.abort()
        assert.equal((await next).verdict, 'clean')
      },
      async after() {
        for (const { call } of others) call.abort()
        await assert.rejects(first.promise, { code: 'ABORT_ERR' })
        await Promise.allSettled(others.map(({ promise }) => promise))
      },
    }
  }, threads)
})

test('many that are aborted in a row are not held at the same time', async () => {
  const before = process.memoryUsage().rss
  let most = 0
  const watch = setInterval(() => { most = Math.max(most, process.memoryUsage().rss) }, 5)
  const running = []
  for (let at = 0; at < 2 * threads + 4; at += 1) {
    running.push(await laden())
    running.at(-1).call.abort()
  }
  for (const { promise } of running) await assert.rejects(promise, { code: 'ABORT_ERR' })
  clearInterval(watch)
  // As many leave as there are threads.
  const allowed = 2 * threads * LADEN
  assert.ok(most - before <= allowed, `${(most - before) / 1e6} MB, where ${allowed / 1e6} are allowed`)
  assert.equal((await scan(none)).verdict, 'clean')
})

test('a call that waits for a thread ends at once', async () => {
  const running = await occupied()
  const call = new AbortController()
  const waiting = scan(none, { signal: call.signal })
  call.abort()
  const error = await waiting.then(() => null, (error) => error)
  assert.equal(error.code, 'ABORT_ERR')
  assert.equal(error.report, null)
  await assert.rejects(scan(none, { timeoutMs: 5 }), { code: 'WEIGHBRIDGE_TIMEOUT', report: null })
  // What occupies the threads takes much longer, and goes on.
  const states = await Promise.all(running.map(({ promise }) => Promise.race([promise, 'goes on'])))
  assert.deepEqual(states, running.map(() => 'goes on'))
  for (const { call } of running) call.abort()
  await Promise.allSettled(running.map(({ promise }) => promise))
})

test('every asynchronous call can be aborted and has a deadline', async (t) => {
  const path = longPickle()
  // The timers of signals let a process end that waits for nothing else.
  const alive = setInterval(() => {}, 1000)
  t.after(() => clearInterval(alive))
  const calls = {
    scan: (options) => scan(path, options),
    scanStream: (options) => scanStream(new Readable({ read() {} }), options),
    scanMany: (options) => scanMany([path, path], options).next(),
    trace: (options) => weighbridge.trace(path, options),
    disassemble: (options) => weighbridge.disassemble(path, options),
    decompile: (options) => weighbridge.decompile(path, options),
    inspect: (options) => weighbridge.inspect(path, options),
    globalsIn: (options) => weighbridge.globalsIn(path, options),
  }
  for (const [name, call] of Object.entries(calls)) {
    for (const [options, code] of [
      [{ signal: AbortSignal.abort() }, 'ABORT_ERR'],
      [{ signal: 'in 30 ms' }, 'ABORT_ERR'],
      [{ timeoutMs: 0 }, 'WEIGHBRIDGE_TIMEOUT'],
      [{ timeoutMs: 30 }, 'WEIGHBRIDGE_TIMEOUT'],
    ]) {
      const what = `${name} ${JSON.stringify(options)}`
      await promptly(30 + 60, what, () => ({
        async begin() {
          const asked = options.signal === 'in 30 ms' ? { signal: AbortSignal.timeout(30) } : options
          await assert.rejects(call(asked), { code }, what)
          // The thread is free, too.
          await scan(none)
        },
      }))
    }
  }
  await assert.rejects(scanBytes(CALL, { signal: AbortSignal.abort() }), { code: 'ABORT_ERR' })
  assert.throws(() => weighbridge.scanSync(path, { timeoutMs: 30 }), { code: 'WEIGHBRIDGE_TIMEOUT' })
})

test('time enough is no deadline', async () => {
  for (const timeoutMs of [60_000, 2 ** 31, 1e300, Infinity]) {
    assert.equal((await scan(none, { timeoutMs })).verdict, 'clean')
    assert.equal((await scanStream([NONE], { timeoutMs })).verdict, 'clean')
  }
})

test('an aborted stream is destroyed', async () => {
  const stream = new Readable({ read() {} })
  const call = new AbortController()
  const promise = scanStream(stream, { signal: call.signal })
  call.abort()
  await assert.rejects(promise, { code: 'ABORT_ERR' })
  assert.equal(stream.destroyed, true)
  const early = new Readable({ read() {} })
  await assert.rejects(scanStream(early, { signal: AbortSignal.abort() }), { code: 'ABORT_ERR' })
  assert.equal(early.destroyed, true)
})

test('what progress throws ends the scan', async () => {
  const error = new Error('enough')
  const promise = scan(longPickle(), { progress() { throw error } })
  await assert.rejects(promise, (thrown) => thrown === error)
})

test('leaving the reports on many files ends their scans', async () => {
  const path = longPickle()
  await promptly(100, 'leaving the loop', async () => {
    const reports = scanMany([none, ...Array.from({ length: 20 }, () => path)])
    assert.equal((await reports.next()).value.verdict, 'clean')
    return {
      async begin() {
        await reports.return()
        await scan(none)
      },
    }
  })
  const call = new AbortController()
  const others = scanMany([none, path, path], { signal: call.signal })
  await others.next()
  const next = others.next()
  await pause(20)
  call.abort('gone')
  await assert.rejects(next, { code: 'ABORT_ERR', cause: 'gone' })
  assert.equal((await others.next()).done, true)
})

test('a signal that serves many calls keeps no listeners', async () => {
  const listeners = new Set()
  const signal = {
    aborted: false,
    addEventListener: (_, listener) => listeners.add(listener),
    removeEventListener: (_, listener) => listeners.delete(listener),
  }
  await Promise.all(Array.from({ length: 100 }, () => scan(none, { signal })))
  await scanStream([NONE], { signal })
  for await (const _ of scanMany([none], { signal }));
  assert.equal(listeners.size, 0)
})

test('one signal serves more calls than Node likes listeners, and each ends by it', async () => {
  const warnings = []
  const warn = (warning) => warnings.push(warning.name)
  process.on('warning', warn)
  const path = longPickle()
  const call = new AbortController()
  const calls = Array.from({ length: 40 }, () => scan(path, { signal: call.signal }))
  const reports = scanMany(Array.from({ length: 40 }, () => path), { signal: call.signal, concurrency: 40 })
  calls.push(reports.next())
  const ends = Promise.allSettled(calls)
  await pause(20)
  call.abort()
  for (const { reason } of await ends) assert.equal(reason.code, 'ABORT_ERR')
  await pause(1)
  process.off('warning', warn)
  assert.deepEqual(warnings, [])
})

test('an abort and a break end reports whose paths never come', async () => {
  async function* paths() {
    yield none
    await new Promise(() => {})
  }
  const call = new AbortController()
  const reports = scanMany(paths(), { signal: call.signal })
  assert.equal((await reports.next()).value.verdict, 'clean')
  const next = reports.next()
  call.abort()
  await assert.rejects(next, { code: 'ABORT_ERR' })
  assert.equal((await reports.next()).done, true)
  for await (const report of scanMany(paths())) {
    assert.equal(report.verdict, 'clean')
    break
  }
})

test('leaving the reports ends a taking that is under way', async () => {
  const reports = scanMany([longPickle(), none])
  const [first, second] = [reports.next(), reports.next()]
  await pause(5)
  assert.deepEqual(await reports.return('mine'), { done: true, value: 'mine' })
  assert.deepEqual([(await first).done, (await second).done], [true, true])
  const others = scanMany([none])
  await assert.rejects(others.throw(new Error('mine')), { message: 'mine' })
  assert.equal((await others.next()).done, true)
})

test('what progress promises and rejects ends the call', async () => {
  const error = new Error('enough')
  const progress = async () => { throw error }
  await assert.rejects(scan(longPickle(), { progress }), (thrown) => thrown === error)
  const reports = scanMany([none, longPickle(), none], { progress })
  await assert.rejects(async () => { for await (const _ of reports); }, (thrown) => thrown === error)
})
