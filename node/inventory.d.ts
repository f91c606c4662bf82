import type { Inventory, InventoryLimits } from './results.js'

/** An application that you name: a folder, from the top of its tree. */
export interface ApplicationEntry {
  readonly path: string
  /** Who answers for it. */
  readonly owner?: string | null
  /** How much depends on it, in your words. */
  readonly criticality?: string | null
}

/** How source trees are read while this thread waits. What is `null` is as if it was not there. */
export interface InventorySyncOptions extends InventoryLimits {
  /** Only files that one of these patterns fits are read; patterns are those of `.gitignore`. */
  include?: string | Iterable<string> | null
  /** Files and folders that one of these fits are left out. */
  exclude?: string | Iterable<string> | null
  /** How many threads read, from 1 to 256; by default as many as there are cores. */
  threads?: number | null
  /** Applications that manifests do not tell, with who answers for them. */
  applications?: Iterable<ApplicationEntry> | null
  /** A `weighbridge.toml` with the same as `[[application]]`; none is looked for. */
  config?: string | Buffer | URL | null
  /** Whether models on the disk are read: their hashes, and what a scan says; by default they are. */
  scan?: boolean | null
  /** Whether the caches of hubs and tools are read that the environment tells of; then there may be no paths. */
  caches?: boolean | null
  /** After how many milliseconds the call ends; the error tells what was found until then. */
  timeoutMs?: number | null
}

/** How source trees are read. */
export interface InventoryOptions extends InventorySyncOptions {
  /** Ends the reading; the error tells what was found until then. */
  signal?: AbortSignal | null
  /** Is told how many source files were read, and of how many; as for a scan. */
  progress?: ((read: number, total: number) => void) | null
}

/** The form of a bill of materials. */
export interface BomSpec {
  /** The version of CycloneDX: 1.6 by default. */
  spec?: '1.6' | '1.7' | null
}

/** Source trees: folders of source code, or single files. */
export type Trees = string | Buffer | URL | Iterable<string | Buffer | URL>

/**
 * Tells which models, datasets and AI services source trees use. Code, notebooks, configurations and commands
 * are read; nothing in them is executed, and no connection is opened.
 */
export function inventory(paths: Trees, options?: InventoryOptions | null): Promise<Inventory>

/** Tells the same while this thread waits. */
export function inventorySync(paths: Trees, options?: InventorySyncOptions | null): Inventory

/**
 * A bill of materials of source trees: the bytes that `weighbridge bom` writes, CycloneDX in JSON. Nothing in it
 * depends on the time or the machine.
 */
export function bom(paths: Trees, options?: (InventoryOptions & BomSpec) | null): Promise<string>

/** The same while this thread waits. */
export function bomSync(paths: Trees, options?: (InventorySyncOptions & BomSpec) | null): string
