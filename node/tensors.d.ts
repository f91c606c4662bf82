import type { Converted, Difference, Limits, Refused, WholeNumber } from './results.js'

/**
 * Where a file is, as the functions of `node:fs` take it: text, a `file:` URL, or a buffer with the bytes of a
 * path that is no text.
 */
export type Path = string | Buffer | URL

/** How a checkpoint is converted, on this thread. What is `null` is as if it was not there. */
export interface ConvertSyncOptions extends Limits {
  /** Takes only the tensors whose names begin with this and a dot, and leaves that out of their names. */
  key?: string | null
  /** Entries of `__metadata__`. */
  metadata?: { readonly [key: string]: string } | null
  /**
   * How many bytes of tensors a file has at most: a number, or text such as `5GB`; a tensor that is
   * longer gets one for itself. One file without it.
   */
  shardSize?: number | bigint | string | null
  /** Makes floats of this type, rounded to the nearest. */
  dtype?: 'float16' | 'bfloat16' | 'float32' | 'float64' | null
  /**
   * What becomes of a tensor that has several names: it is written once, with the other names in the
   * metadata (`alias`, by default), or under each of them (`duplicate`).
   */
  tied?: 'alias' | 'duplicate' | null
  /** Leaves out what safetensors cannot hold, instead of refusing to convert. */
  skip?: boolean | null
  /** Replaces files that are there. */
  force?: boolean | null
  /** Checks everything and writes nothing. */
  dryRun?: boolean | null
  /** Where what is no tensor is written to, as JSON. */
  extras?: Path | null
  /** After how many milliseconds the call ends; there is no new file then. */
  timeoutMs?: number | null
}

/** How a checkpoint is converted. */
export interface ConvertOptions extends ConvertSyncOptions {
  /** Ends the conversion; there is no new file then. */
  signal?: AbortSignal | null
  /** Is told how many bytes were written and compared, and of how many; as for a scan. */
  progress?: ((reached: number, total: number) => void) | null
}

/** How two models are compared. */
export interface DiffSyncOptions extends Limits {
  /** After how many milliseconds the call ends without a result. */
  timeoutMs?: number | null
}

/** How two models are compared on another thread. */
export interface DiffOptions extends DiffSyncOptions {
  /** Ends the comparison. */
  signal?: AbortSignal | null
  /** Is told how many bytes were compared, and of how many; as for a scan. */
  progress?: ((reached: number, total: number) => void) | null
}

/** How a checkpoint is opened. */
export interface LoadSyncOptions extends Limits {
  /** After how many milliseconds opening ends without a result. */
  timeoutMs?: number | null
}

/** How a checkpoint is opened on another thread. */
export interface LoadOptions extends LoadSyncOptions {
  /** Ends the opening. */
  signal?: AbortSignal | null
}

/** What is known of a tensor. */
export interface TensorInfo {
  /** Its name. */
  readonly name: string
  /** The type of its elements, as PyTorch has it: `float32`. */
  readonly dtype: string
  /** The size of each dimension. */
  readonly shape: readonly WholeNumber[]
  /** How far apart two elements that follow each other in a dimension are, in elements. */
  readonly strides: readonly WholeNumber[]
  /** How many bytes its elements take, one behind the other. */
  readonly bytes: WholeNumber
}

/**
 * The elements of a tensor. Types that JavaScript has no array for come as their bits: `bfloat16` (and
 * `float16` before Node 24) in a `Uint16Array`, `bool` and the floats of 8 bits in a `Uint8Array`;
 * complex numbers come as pairs of floats.
 */
export type TensorData =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

/** A tensor, or a part of one. */
export interface TensorPart {
  /** The type of the elements, as PyTorch has it: `float32`. */
  readonly dtype: string
  /** The size of each dimension. */
  readonly shape: readonly WholeNumber[]
  /** The elements, one behind the other, in the order of the indices. */
  readonly data: TensorData
}

/**
 * The tensors of a checkpoint, by their names. Nothing of them is read before it is asked for. The file
 * stays open until these are closed or collected.
 */
export class Tensors {
  private constructor()
  /** What the file is read as, the outermost first. */
  readonly formats: readonly string[]
  /** The metadata of safetensors. */
  readonly metadata: { readonly [key: string]: string }
  /** What would be tensors and is not given. */
  readonly refused: readonly Refused[]
  /**
   * What the checkpoint holds besides tensors: plain values as they are, a tensor as
   * `{ $tensor: name }`, a global as `{ $global: name }`, and what a call would make, which is not made,
   * as `{ $call: name, args, state }`; `null` for formats that hold tensors alone.
   */
  readonly extras: unknown
  /** The names of the tensors. */
  names(): string[]
  /** Whether there is a tensor of that name. */
  has(name: string): boolean
  /** What is known of a tensor, of which nothing is read. */
  info(name: string): TensorInfo
  /**
   * A copy of a tensor, read on this thread; or of its part from one index of the first dimension up to
   * another, of which no more is read.
   */
  get(name: string, range?: { readonly start?: number; readonly end?: number } | null): TensorPart
  /** Lets the file go. */
  close(): void
}

/**
 * Converts a checkpoint to safetensors, without executing it: a file, an index of shards, or the directory
 * of a model. Without `out`, the file gets the name of the source, with `.safetensors` in place of its
 * ending. It is written under another name, synced, read back and compared, and only then given its own.
 */
export function convert(
  source: Path,
  out?: Path | null,
  options?: ConvertOptions | null,
): Promise<Converted>

/** Converts a checkpoint on this thread, which does nothing else meanwhile. */
export function convertSync(
  source: Path,
  out?: Path | null,
  options?: ConvertSyncOptions | null,
): Converted

/** Compares the tensors of two models by their names, whatever holds them. Bytes are copied. */
export function diff(
  first: string | URL | Uint8Array,
  second: string | URL | Uint8Array,
  options?: DiffOptions | null,
): Promise<Difference>

/** Compares two models on this thread, which does nothing else meanwhile. */
export function diffSync(
  first: string | URL | Uint8Array,
  second: string | URL | Uint8Array,
  options?: DiffSyncOptions | null,
): Difference

/** Opens a checkpoint without executing it, for its tensors. Bytes are copied. */
export function loadTensors(input: string | URL | Uint8Array, options?: LoadOptions | null): Promise<Tensors>

/** Opens a checkpoint on this thread. */
export function loadTensorsSync(input: string | URL | Uint8Array, options?: LoadSyncOptions | null): Tensors
