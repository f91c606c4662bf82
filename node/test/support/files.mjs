// What tests scan.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

export const GOLDEN = new URL('../../../crates/core/tests/golden/', import.meta.url)

/** The bytes of an input of the goldens. */
export const input = (name) => readFileSync(new URL(`inputs/${name}`, GOLDEN))

/** A call that is known to do harm; its argument is inert words. */
export const CALL = Buffer.from("cos\nsystem\n(S'inert words'\ntR.")
/** A pickle of nothing. */
export const NONE = Buffer.from([0x80, 0x04, 0x4e, 0x2e])

const folder = mkdtempSync(join(tmpdir(), 'weighbridge-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Writes a file that is removed after the tests. */
export function file(name, bytes) {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

let long

/** A pickle of so many megabytes, all of which has to be followed: numbers that are pushed and popped. */
export function longPickle(megabytes = 256) {
  if (long?.megabytes !== megabytes) {
    const bytes = Buffer.alloc(megabytes << 20, 'K\x010')
    bytes[bytes.length - 3] = 0x4e
    bytes[bytes.length - 2] = 0x2e
    bytes[bytes.length - 1] = 0x0a
    long = { megabytes, path: file(`long-${megabytes}.pkl`, bytes) }
  }
  return long.path
}

/** How many bytes the scan of a laden pickle holds at most. */
export const LADEN = 1e9
let laden

/** A pickle of lists that all stay open: what it makes takes many times as much as it. */
export function ladenPickle() {
  laden ??= file('laden.pkl', Buffer.alloc(28 << 20, ']'))
  return laden
}

/** Waits so many milliseconds. */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
