// Whether something ends in time, on a machine that has other things to do as well.

import assert from 'node:assert/strict'

/** How many times the clock may be disturbed. */
const ROUNDS = 40

/**
 * Does `round` until it ends within so many milliseconds by the clock, and demands that it never takes more of the
 * processors than that, on each of so many threads. What works on is found out in any round, however loaded the machine is, since waiting for a
 * processor is no work; what only waits is found out by the clock, since it is late in every round.
 *
 * `round` gives `begin()`, which is to be measured, and perhaps `after()`, which is not.
 */
export async function promptly(milliseconds, what, round, threads = 1) {
  const allowed = milliseconds * threads
  const clock = []
  while (clock.length < ROUNDS) {
    const { begin, after } = await round()
    // The collector has its own times.
    globalThis.gc()
    const before = process.cpuUsage()
    const begun = performance.now()
    await begin()
    clock.push(performance.now() - begun)
    const { user, system } = process.cpuUsage(before)
    await after?.()
    const worked = (user + system) / 1000
    assert.ok(worked <= allowed, `${what}: ${worked} ms of work, where ${allowed} are allowed`)
    if (clock.at(-1) <= milliseconds && clock.length >= 5) {
      return
    }
  }
  assert.fail(`${what}: never within ${milliseconds} ms, but ${clock.map(Math.round)}`)
}
