import type { Path } from './tensors.js'
import type {
  Converted,
  Difference,
  Inspection,
  Inventory,
  Limits,
  ListedGlobal,
  Refused,
  Report,
  Severity,
  TraceRecord,
  WholeNumber,
} from './results.js'

export * from './inventory.js'
export * from './results.js'
export * from './tensors.js'

/** What goes for every scan of a scanner. What is `null` is as if it was not there. */
export interface ScannerOptions extends Limits {
  /**
   * Globals that you vouch for, as `module.name` or `module.name:import,call`; or an object or a map of
   * these, each with your reason, which reports tell. What is known to do harm cannot be allowed.
   */
  allow?: string | Iterable<string> | ReadonlyMap<string, string> | { readonly [global: string]: string } | null
  /**
   * Rules whose findings are left out, by their codes or names; those that make a file malicious
   * are told all the same.
   */
  ignore?: string | Iterable<string> | null
  /**
   * Whether what no loader interprets, such as the elements of tensors, is read as a whole too, for
   * its checksums.
   */
  deep?: boolean | null
  /** Whether reports tell the SHA-256 of each file, for which all of it is read. */
  hash?: boolean | null
}

/** What goes for one call on this thread. */
export interface SyncCallOptions {
  /**
   * What the file is called in the report; content alone decides what it is read as. A file that is
   * given a name is looked at alone, without the files beside it that it may be an index of.
   */
  name?: string | null
  /** After how many milliseconds the call ends without a result. */
  timeoutMs?: number | null
}

/** What goes for one call that has no progress to tell of. */
export interface ViewOptions extends SyncCallOptions {
  /** Ends the call, and the work itself. */
  signal?: AbortSignal | null
}

/** What goes for a text that reads like Python, on this thread. */
export interface DecompileSyncOptions extends SyncCallOptions {
  /** Whether long values are shown whole. */
  full?: boolean | null
}

/** What goes for one scan. */
export interface CallOptions extends ViewOptions {
  /**
   * Is told how far the scan is, in bytes, about once a megabyte: up to where it has come, and the
   * length. What it throws, or rejects as a promise, ends the scan and is what the promise is rejected
   * with. Is told less often where the event loop is busy.
   */
  progress?: ((reached: number, total: number) => void) | null
}

/** What goes for one text. */
export interface DecompileOptions extends ViewOptions, DecompileSyncOptions {}

/** What goes for the scans of many files. */
export interface ManyOptions {
  /** How many files are asked for at once, from 1 to 256; by default two for each thread. */
  concurrency?: number | null
  /** After how many milliseconds the scan of one file ends, and with it all. */
  timeoutMs?: number | null
  /** Ends all scans. */
  signal?: AbortSignal | null
  /** Is told how many reports were given. */
  progress?: ((given: number) => void) | null
}

/** What can be scanned as a stream: a `Readable`, a web stream, anything that gives bytes. */
export type ByteStream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** The header of a safetensors file. */
export interface SafetensorsHeader {
  /** `__metadata__`; `null` where there is none. */
  readonly metadata: { readonly [key: string]: string } | null
  /** The tensors, in the order of their bytes. */
  readonly tensors: readonly SafetensorsTensor[]
  /** Where the elements begin, in bytes from the start of the file. */
  readonly data_start: WholeNumber
}

/** A tensor of a safetensors file. */
export interface SafetensorsTensor {
  /** Its name. */
  readonly name: string
  /** The type of its elements, such as `BF16`. */
  readonly dtype: string
  /** The size of each dimension. */
  readonly shape: readonly WholeNumber[]
  /** Where its elements begin and end, in bytes from `data_start`. */
  readonly data_offsets: readonly [WholeNumber, WholeNumber]
  /** Where its elements begin, in bytes from the start of the file. */
  readonly offset: WholeNumber
}

/** A rule. */
export interface Rule {
  /** Its code, such as `PKL101`. */
  readonly code: string
  /** Its name, such as `dangerous-call`. */
  readonly slug: string
  /** The same as a sentence. */
  readonly title: string
  /** How severe its findings mostly are; each has its own severity. */
  readonly severity: Severity
  /** The weakness in the Common Weakness Enumeration. */
  readonly cwe: number | null
  /** What it looks for. */
  readonly what: string
  /** Why that matters. */
  readonly why: string
  /** What to do where it hits. */
  readonly help: string
  /** What to do where the finding is of medium severity or less, if that is something else. */
  readonly help_if_mild: string | null
  /** Where to read more. */
  readonly references: readonly string[]
}

/** Why a call has no result; besides these, the system's codes, such as `ENOENT` and `EACCES`. */
export type ErrorCode =
  | 'ABORT_ERR'
  | 'ENOENT'
  | 'EACCES'
  | 'EEXIST'
  | 'EISDIR'
  | 'EINVAL'
  | 'WEIGHBRIDGE_CLOSED'
  | 'WEIGHBRIDGE_CONVERT_REFUSED'
  | 'WEIGHBRIDGE_INTERNAL'
  | 'WEIGHBRIDGE_INVALID_ARGUMENT'
  | 'WEIGHBRIDGE_INVALID_CHECKPOINT'
  | 'WEIGHBRIDGE_INVALID_HEADER'
  | 'WEIGHBRIDGE_INVALID_OPTION'
  | 'WEIGHBRIDGE_NO_TENSOR'
  | 'WEIGHBRIDGE_TENSOR_REFUSED'
  | 'WEIGHBRIDGE_TIMEOUT'
  | 'WEIGHBRIDGE_TOO_LONG'
  | (string & {})

/**
 * A call that has no result. Whatever is wrong with the content of a file is none: that is part of
 * the report.
 */
export class ScanError extends Error {
  private constructor()
  /** `AbortError`, `TimeoutError` or `ScanError`. */
  readonly name: string
  /** Why; never changes its meaning. */
  readonly code: ErrorCode
  /**
   * What was found until a scan was aborted or its time was up, where it had begun; it is never
   * clean.
   */
  readonly report: Report | null
  /** What was found until an inventory was aborted or its time was up, where it had begun. */
  readonly inventory?: Inventory
  /** Of `WEIGHBRIDGE_CONVERT_REFUSED`: the tensors that stand in the way. */
  readonly refused?: readonly Refused[]
  /** The negative number of a system error. */
  readonly errno?: number
  /** Of an error about opening a file: `open`. */
  readonly syscall?: string
  /** Of a system error: the path. */
  readonly path?: string
}

/** Scans with the same options. The methods are the functions of the same names. */
export class Scanner {
  constructor(options?: ScannerOptions | null)
  scan(path: Path, options?: CallOptions | null): Promise<Report>
  scanSync(path: Path, options?: SyncCallOptions | null): Report
  scanBytes(bytes: Uint8Array, options?: CallOptions | null): Promise<Report>
  scanBytesSync(bytes: Uint8Array, options?: SyncCallOptions | null): Report
  scanStream(stream: ByteStream, options?: CallOptions | null): Promise<Report>
  scanMany(
    paths: AsyncIterable<Path> | Iterable<Path>,
    options?: ManyOptions | null,
  ): AsyncGenerator<Report, void, undefined>
  trace(input: string | URL | Uint8Array, options?: ViewOptions | null): Promise<TraceRecord[]>
  traceSync(input: string | URL | Uint8Array, options?: SyncCallOptions | null): TraceRecord[]
  disassemble(input: string | URL | Uint8Array, options?: ViewOptions | null): Promise<string>
  disassembleSync(input: string | URL | Uint8Array, options?: SyncCallOptions | null): string
  decompile(input: string | URL | Uint8Array, options?: DecompileOptions | null): Promise<string>
  decompileSync(input: string | URL | Uint8Array, options?: DecompileSyncOptions | null): string
  globalsIn(input: string | URL | Uint8Array, options?: ViewOptions | null): Promise<ListedGlobal[]>
  globalsInSync(input: string | URL | Uint8Array, options?: SyncCallOptions | null): ListedGlobal[]
  inspect(input: string | URL | Uint8Array, options?: ViewOptions | null): Promise<Inspection>
  inspectSync(input: string | URL | Uint8Array, options?: SyncCallOptions | null): Inspection
  safetensorsHeader(input: string | URL | Uint8Array, options?: ViewOptions | null): Promise<SafetensorsHeader>
  safetensorsHeaderSync(input: string | URL | Uint8Array, options?: SyncCallOptions | null): SafetensorsHeader
}

/** Scans a file on another thread. */
export function scan(path: Path, options?: (ScannerOptions & CallOptions) | null): Promise<Report>

/** Scans a file on this thread, which does nothing else meanwhile. */
export function scanSync(path: Path, options?: (ScannerOptions & SyncCallOptions) | null): Report

/** Copies bytes, and scans the copy on another thread. The bytes may change as soon as this returns. */
export function scanBytes(bytes: Uint8Array, options?: (ScannerOptions & CallOptions) | null): Promise<Report>

/** Scans bytes in place on this thread, which does nothing else meanwhile. Copies nothing. */
export function scanBytesSync(bytes: Uint8Array, options?: (ScannerOptions & SyncCallOptions) | null): Report

/**
 * Reads a stream into memory, up to `maxSpoolBytes`, and scans that on another thread. A stream that
 * gives more, or that is not read to its end for another reason, is destroyed.
 */
export function scanStream(stream: ByteStream, options?: (ScannerOptions & CallOptions) | null): Promise<Report>

/**
 * Scans many files: the reports, in the order of the paths. Paths are drawn as reports are taken, a
 * few ahead. A file that cannot be opened has a report too, which is `unknown` and says why.
 */
export function scanMany(
  paths: AsyncIterable<Path> | Iterable<Path>,
  options?: (ScannerOptions & ManyOptions) | null,
): AsyncGenerator<Report, void, undefined>

/**
 * What loading a file would do, one record for each thing, in the order of execution. Bytes are
 * copied.
 */
export function trace(
  input: string | URL | Uint8Array,
  options?: (ScannerOptions & ViewOptions) | null,
): Promise<TraceRecord[]>

/** The same on this thread, which does nothing else meanwhile. */
export function traceSync(input: string | URL | Uint8Array, options?: (ScannerOptions & SyncCallOptions) | null): TraceRecord[]

/** The instructions of every pickle in a file, as text. Bytes are copied. */
export function disassemble(
  input: string | URL | Uint8Array,
  options?: (ScannerOptions & ViewOptions) | null,
): Promise<string>

/** The same on this thread, which does nothing else meanwhile. */
export function disassembleSync(input: string | URL | Uint8Array, options?: (ScannerOptions & SyncCallOptions) | null): string

/**
 * A text that reads like Python and does what loading every pickle of a file would do. Bytes are
 * copied.
 */
export function decompile(
  input: string | URL | Uint8Array,
  options?: (ScannerOptions & DecompileOptions) | null,
): Promise<string>

/** The same on this thread, which does nothing else meanwhile. */
export function decompileSync(input: string | URL | Uint8Array, options?: (ScannerOptions & DecompileSyncOptions) | null): string

/**
 * The globals that loading a file would import, the worst first, each with what is known of it.
 * Bytes are copied.
 */
export function globalsIn(
  input: string | URL | Uint8Array,
  options?: (ScannerOptions & ViewOptions) | null,
): Promise<ListedGlobal[]>

/** The same on this thread, which does nothing else meanwhile. */
export function globalsInSync(input: string | URL | Uint8Array, options?: (ScannerOptions & SyncCallOptions) | null): ListedGlobal[]

/**
 * What a model holds: its tensors, their types, shapes and sizes, and who wrote it. Nothing is loaded.
 * Bytes are copied.
 */
export function inspect(
  input: string | URL | Uint8Array,
  options?: (ScannerOptions & ViewOptions) | null,
): Promise<Inspection>

/** The same on this thread, which does nothing else meanwhile. */
export function inspectSync(input: string | URL | Uint8Array, options?: (ScannerOptions & SyncCallOptions) | null): Inspection

/**
 * The header of a safetensors file, of which no more than the header is read: what the reference
 * library takes. Bytes are copied.
 */
export function safetensorsHeader(
  input: string | URL | Uint8Array,
  options?: (ScannerOptions & ViewOptions) | null,
): Promise<SafetensorsHeader>

/** The same on this thread, which does nothing else meanwhile. */
export function safetensorsHeaderSync(input: string | URL | Uint8Array, options?: (ScannerOptions & SyncCallOptions) | null): SafetensorsHeader

/** Every rule, in the order of the codes. */
export function rules(): Rule[]

/**
 * A result as one line of JSON: byte for byte what the command line and every other language write.
 * `JSON.stringify` gives an equal value, but not always these bytes.
 */
export function toJson(
  result: Report | TraceRecord | ListedGlobal | Inspection | SafetensorsHeader | Rule | Converted | Difference | Inventory,
): string

/** The version of the package. */
export const version: string
