// What is promised in numbers.

import assert from 'node:assert/strict'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { test } from 'node:test'

import { scan, scanBytes, scanBytesSync, scanMany, scanStream } from '../index.mjs'
import { CALL, NONE, file, input, longPickle } from './support/files.mjs'

/** The 99th percentile of the event loop's delay, in milliseconds, while some work goes on. */
async function delayDuring(work) {
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  await work()
  delays.disable()
  return delays.percentile(99) / 1e6
}

const idle = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

test('8 scans of large files leave the event loop free', async (t) => {
  const path = longPickle()
  await scan(path, { timeoutMs: 100 }).catch(() => {})
  let took
  const busy = await delayDuring(async () => {
    const begun = performance.now()
    await Promise.all(Array.from({ length: 8 }, () => scan(path)))
    took = performance.now() - begun
  })
  const quiet = await delayDuring(() => idle(took))
  t.diagnostic(`p99 ${busy.toFixed(2)} ms during ${took.toFixed(0)} ms of scans, ${quiet.toFixed(2)} ms without`)
  assert.ok(took > 500, `${took} ms is too short to tell`)
  assert.ok(busy <= quiet + 20)
})

/** By how many bytes the process may grow: less than 42 bytes for each of 100,000 calls. */
const MOST_GROWTH = 4 << 20

/** How much memory the process holds, in bytes, when what is not needed is gone. */
async function memory() {
  for (let round = 0; round < 3; round += 1) {
    global.gc()
    await idle(10)
  }
  return process.memoryUsage().rss
}

for (const [name, scanOne] of [
  ['100,000 scanBytesSync', (bytes) => scanBytesSync(bytes)],
  ['100,000 scanBytesSync with options', (bytes) => scanBytesSync(bytes, { deep: true })],
  ['20,000 scanBytes', null],
]) {
  test(`${name} do not grow memory`, async (t) => {
    assert.ok(global.gc, 'run with --expose-gc')
    const inputs = [CALL, input('plain.pkl'), input('truncated.pkl'), Buffer.alloc(0)]
    const rounds = scanOne ? 10_000 : 2_000
    const run = async () => {
      for (let at = 0; at < rounds; at += 1) {
        const bytes = inputs[at % inputs.length]
        if (scanOne) scanOne(bytes)
        else await scanBytes(bytes)
      }
    }
    const all = async () => {
      for (let round = 0; round < 10; round += 1) await run()
    }
    // What grows once does not count. What is lost with every call grows every time; the heap of
    // JavaScript, which is resized now and then, does not.
    await all()
    const grown = []
    let before = await memory()
    do {
      await all()
      const now = await memory()
      grown.push(now - before)
      before = now
    } while (grown.at(-1) >= MOST_GROWTH && grown.length < 3)
    t.diagnostic(`grew by ${grown.map((bytes) => `${(bytes / 1024).toFixed(0)} KiB`)}`)
    assert.ok(grown.at(-1) < MOST_GROWTH, `grew by ${grown} bytes`)
  })
}

test('waiting leaves nothing behind, however often it is done', async () => {
  const held = () => {
    globalThis.gc()
    return process.memoryUsage().heapUsed
  }
  const told = []
  async function* chunks() {
    for (let at = 0; at <= 200_000; at += 1) {
      if (at === 20_000 || at === 200_000) told.push(held())
      yield Buffer.from('N')
    }
  }
  await scanStream(chunks(), { signal: new AbortController().signal, timeoutMs: 600_000 })
  let at = 0
  const path = file('none.pkl', NONE)
  const reports = scanMany((function* paths() { for (;;) yield path })(), { signal: new AbortController().signal })
  for await (const _ of reports) {
    at += 1
    if (at === 2_000 || at === 12_000) told.push(held())
    if (at === 12_000) break
  }
  // A single promise for each would be some twenty megabytes, and one.
  assert.ok(told[1] - told[0] < 4 << 20, `${told}`)
  assert.ok(told[3] - told[2] < 1 << 20, `${told}`)
})

test('a scan of a small pickle takes little more than the pickle', (t) => {
  const rounds = 20_000
  const begun = performance.now()
  for (let at = 0; at < rounds; at += 1) scanBytesSync(CALL)
  t.diagnostic(`${(((performance.now() - begun) * 1000) / rounds).toFixed(1)} µs each`)
})
