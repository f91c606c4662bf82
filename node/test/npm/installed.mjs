// A project that has installed the package, and packages of npm besides.

import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

export const home = fileURLToPath(new URL('../..', import.meta.url))

/** Where `cargo xtask test-node` has installed them. */
export const modules = process.env.WEIGHBRIDGE_NODE_MODULES
if (!modules) {
  throw new Error('WEIGHBRIDGE_NODE_MODULES does not say where packages of npm are; cargo xtask test-node does')
}

/** Makes a project: its folder. */
export function project(packages, files) {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-project-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const link = (target, name) => {
    const place = join(folder, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(target, place)
  }
  link(home, 'weighbridge')
  for (const name of packages) link(join(modules, name), name)
  for (const path of files) cpSync(join(home, path), join(folder, path.split('/').at(-1)))
  return folder
}
