// The types of what calls give and of the bounds that they take.
// Written by generate-types.mjs from docs/schema and the documentation of the library; do not edit.

/**
 * Bounds on what a file may cost. The defaults are wide enough that no honest file meets them;
 * where one is met, what was found so far stands and a gap names it.
 */
export interface Limits {
  /** Bytes of the file. A longer one is not examined at all. */
  maxBytes?: number | bigint | null
  /** Instructions in one source, over all its pickles and readings. */
  maxInstructions?: number | bigint | null
  /** Items and marks on the stack (8 bytes each). */
  maxStack?: number | bigint | null
  /** Words (8 bytes each) for entries of the memo: one for each, five behind a hole in the indices. */
  maxMemo?: number | bigint | null
  /** Archives within archives. */
  maxNesting?: number | bigint | null
  /** Members of all archives in a file. */
  maxMembers?: number | bigint | null
  /** Bytes that are decompressed, over all members. */
  maxExpandedBytes?: number | bigint | null
  /**
   * Bytes of decompressed members that are held in memory at the same time: one member, and those
   * that it is nested in.
   */
  maxSpoolBytes?: number | bigint | null
  /**
   * How many times as long as the file all that is decompressed may be. Only what is more than 256
   * MiB counts. The default is what deflating reaches at most, so that only archives within
   * archives meet it.
   */
  maxExpansionRatio?: number | bigint | null
  /** Storages that a legacy PyTorch file may list. */
  maxStorages?: number | bigint | null
  /** Findings that are told of one file. */
  maxFindings?: number | bigint | null
  /** Values of pickles that are examined as pickles of their own, in one file. */
  maxEmbedded?: number | bigint | null
}

/** Bounds on what a tree may cost. Where one is met, what was found stands and a gap names it. */
export interface InventoryLimits {
  /** Bytes of a file that is read. A longer one is a gap. */
  maxFileBytes?: number | bigint | null
  /** Files that are listed. */
  maxFiles?: number | bigint | null
  /** References of one file. */
  maxReferences?: number | bigint | null
  /** Bytes of models on the disk that are read for their hashes, of a tree or of the caches. */
  maxModelBytes?: number | bigint | null
}

/**
 * What was found in a file, and what to think of it: one line of `--format jsonl`, one item of
 * `reports` in `--format json`. A report is a pure function of the file's bytes, its name, the
 * options and the version of the knowledge; an index of shards that is scanned by its path is also
 * compared with the headers of the files beside it. Every key is always present; what is absent is
 * null. Credentials are taken out of every string: their first characters and …[redacted] stand for
 * them. Names are otherwise as they are in the file and may hold anything: escape them before you
 * show them.
 */
export interface Report {
  readonly schema_version: 1
  /** What made the report. */
  readonly tool: {
    readonly name: "weighbridge"
    readonly version: string
  }
  /** The version of the knowledge: a hash of its tables. */
  readonly knowledge: string
  /** A hash of the options: limits, what is allowed and ignored. */
  readonly options_digest: string
  readonly kind: "file"
  /** The name that the file was given by; bytes that are no UTF-8 are written \xNN. */
  readonly path: string
  /** The name as hexadecimal digits, where it is no UTF-8. */
  readonly path_hex: string | null
  /** Its length in bytes; null where it could not be opened. */
  readonly size: WholeNumber | null
  /** The hash of its bytes in hexadecimal digits, where that was asked for and they could be read. */
  readonly sha256: string | null
  /** What it is read as; several where loaders differ, none where it is nothing known. */
  readonly formats: readonly Format[]
  /**
   * The readings that the verdict rests on, named as in a trace: those under which the findings
   * that make it happen; without such findings all that were followed, none where there is no
   * pickle.
   */
  readonly readings: readonly string[]
  readonly verdict: Verdict
  /**
   * What was examined. Bytes are counted where they are read: those of compressed members after
   * decompression, those of values of a pickle as the pickle's. What only holds members is in
   * neither count.
   */
  readonly coverage: Coverage
  /** What speaks against it, the most severe first. */
  readonly findings: readonly Finding[]
  /** The contents that are read as something, in the order of examination; at most 10,000. */
  readonly members: readonly Member[]
  /** The globals that loading it would import, in the order of their names; at most 10,000. */
  readonly globals: readonly Global[]
  /**
   * What loaders that restrict pickles would make of it, version by version, the oldest first;
   * empty for what is not made to be given to one.
   */
  readonly loaders: readonly LoaderAnswer[]
  /** What the user allowed. */
  readonly allowed: readonly Allowed[]
  /** The rules whose findings the user ignores. */
  readonly ignored: readonly Ignored[]
}

/** A whole number; the digits in a string where it is beyond 2^53 - 1. */
export type WholeNumber = number | string

export type Verdict = "clean" | "unknown" | "suspicious" | "malicious"

export type Severity = "info" | "low" | "medium" | "high" | "critical"

export type Confidence = "low" | "medium" | "high"

export type Format = "pickle" | "joblib" | "joblib-old" | "torch-zip" | "torchscript" | "torch-export" | "torch-package" | "torch-distributed" | "torchserve" | "skops" | "torch-legacy" | "torch-tar" | "zip" | "tar" | "7z" | "sqlite" | "gdbm" | "berkeley-db" | "dumb-dbm" | "npy" | "safetensors" | "shard-index" | "gzip" | "zlib" | "bzip2" | "xz" | "lzma" | "zstd" | "lz4"

export type EffectClass = "code-execution" | "process" | "dynamic-import" | "native-code" | "file-read" | "file-write" | "file-delete" | "network" | "deserialization" | "attribute-access" | "environment" | "denial-of-service"

/**
 * What was examined. Bytes are counted where they are read: those of compressed members after
 * decompression, those of values of a pickle as the pickle's. What only holds members is in neither
 * count.
 */
export interface Coverage {
  /** Whether that is everything. */
  readonly complete: boolean
  /** Bytes that were followed to their end or understood. */
  readonly examined_bytes: WholeNumber
  /** Bytes that no loader interprets: elements of tensors. */
  readonly opaque_bytes: WholeNumber
  /** What could not be examined; at most 1001. */
  readonly gaps: readonly Gap[]
}

/** Something that could not be examined. */
export interface Gap {
  readonly reason: GapReason
  /** The name of the limit, where reason is limit-reached. */
  readonly limit: string | null
  readonly location: Location
  /** The same in words. */
  readonly detail: string
}

export type GapReason = "truncated" | "malformed" | "junk" | "encrypted" | "unsupported" | "limit-reached" | "io" | "cancelled"

export type Location = LocationBytes | LocationJson

/** Bytes of a content. */
export interface LocationBytes {
  readonly kind: "bytes"
  /**
   * The members that lead to a content, from the outermost archive inwards; empty for the file
   * itself. Bytes that are no UTF-8 are written \xNN.
   */
  readonly member: readonly string[]
  /** Which pickle of the content, from 0; null outside of pickles. */
  readonly stream: number | null
  /** Bytes from the start of the innermost content, after decompression. */
  readonly offset: WholeNumber
  /** Length in bytes; 0 where that is not known. */
  readonly len: WholeNumber
  /** The offset in the file, where the content lies there as it is (not compressed). */
  readonly physical_offset: WholeNumber | null
}

/** A part of a content that is JSON. */
export interface LocationJson {
  readonly kind: "json"
  /** The file, and the members that lead to the content, with !/ between. */
  readonly file: string
  /** Where in it (RFC 6901). */
  readonly pointer: string
}

/** One thing that speaks against the file. */
export interface Finding {
  /** The code of the rule; never given to another one. */
  readonly rule: string
  /** The name of the rule. */
  readonly slug: string
  readonly severity: Severity
  readonly confidence: Confidence
  /** What kind of harm it does, where that is known. */
  readonly effect: EffectClass | null
  /** The weakness in the Common Weakness Enumeration. */
  readonly cwe: number | null
  /** What was found, in one line; what came out of the file is escaped, cut and redacted. */
  readonly message: string
  /** What to do about it. */
  readonly help: string
  /** How often it was found; the location is that of the first. */
  readonly count: WholeNumber
  /** The same for the same finding in another version of the file: free of offsets. */
  readonly fingerprint: string
  readonly location: Location
  /**
   * The facts that the message is made of. Values are previews: Python-like text, escaped, cut and
   * redacted.
   */
  readonly evidence: Evidence
  /** Where to read more. */
  readonly references: readonly string[]
}

/**
 * The facts that the message is made of. Values are previews: Python-like text, escaped, cut and
 * redacted.
 */
export type Evidence = EvidenceImport | EvidenceCall | EvidenceChange | EvidencePayload | EvidenceStructure

/** A global is imported. */
export interface EvidenceImport {
  readonly kind: "import"
  /** module.name after the mapping of Python 2 names. */
  readonly global: string
  /** What is known of it, to complete a sentence. */
  readonly reason: string | null
}

/** Something is called. */
export interface EvidenceCall {
  readonly kind: "call"
  readonly callee: string
  readonly args: string
  /** What is known of it, to complete a sentence. */
  readonly reason: string | null
}

/** Something gets a state or items. */
export interface EvidenceChange {
  readonly kind: "change"
  readonly target: string
  readonly value: string
}

/** A value or a member holds something that is no data. */
export interface EvidencePayload {
  readonly kind: "payload"
  readonly what: string
  /** The encodings that it is wrapped in, the outermost first. */
  readonly layers: readonly string[]
}

/** Something about the stream or the container. */
export interface EvidenceStructure {
  readonly kind: "structure"
  readonly detail: string
}

/** A content that is read as something. */
export interface Member {
  /**
   * The members that lead to a content, from the outermost archive inwards; empty for the file
   * itself. Bytes that are no UTF-8 are written \xNN.
   */
  readonly member: readonly string[]
  /** The last of the names as hexadecimal digits, where it is no UTF-8. */
  readonly name_hex: string | null
  readonly format: Format
  /** A whole number; the digits in a string where it is beyond 2^53 - 1. */
  readonly size: WholeNumber
  /** Whether there is no gap in it. */
  readonly examined: boolean
}

/** A global that loading would import. */
export interface Global {
  /** The module as the file names it; lone surrogates are written \udXXX. */
  readonly module: string
  /** The name in it, likewise. */
  readonly name: string
  /**
   * The text in UTF-8 with surrogates passed through, as hexadecimal digits, where it holds lone
   * surrogates.
   */
  readonly module_hex: string | null
  /**
   * The text in UTF-8 with surrogates passed through, as hexadecimal digits, where it holds lone
   * surrogates.
   */
  readonly name_hex: string | null
  /** module.name after the mapping of Python 2 names. */
  readonly resolved: string
  readonly class: "known" | "code" | "dangerous" | "unknown"
  /**
   * The members that lead to a content, from the outermost archive inwards; empty for the file
   * itself. Bytes that are no UTF-8 are written \xNN.
   */
  readonly member: readonly string[]
  /** Where the first import is. */
  readonly offset: WholeNumber
  /** A whole number; the digits in a string where it is beyond 2^53 - 1. */
  readonly count: WholeNumber
}

/** A global that the user vouches for. */
export interface Allowed {
  readonly path: string
  /** What it may be used for. */
  readonly permit: ReadonlyArray<"import" | "call" | "build">
  readonly reason: string | null
}

/** A rule whose findings the user ignores. */
export interface Ignored {
  readonly rule: string
  /** How many were left out. Those that make a file malicious never are. */
  readonly findings: WholeNumber
}

/** What a loader that restricts pickles would make of the file. */
export interface LoaderAnswer {
  readonly loader: "torch.load(weights_only=True)"
  /** The version of the library, such as 2.6. What versions that are not listed do is not known. */
  readonly version: string
  /**
   * no: it refuses something. not-known: that depends on what only running would tell, or not
   * everything was examined.
   */
  readonly loads: "yes" | "no" | "not-known"
  /** What stands in the way, as if all that stands before it were out of the way; at most 1000. */
  readonly blockers: readonly Blocker[]
  /**
   * The line of Python that would allow all of them, where there is one. What that lets the file do
   * is another question: see the blockers.
   */
  readonly allow: string | null
}

/** Something that a loader refuses. */
export interface Blocker {
  /** What it refuses. stream: it raises whatever is allowed. */
  readonly what: "format" | "stream" | "opcode" | "import" | "call" | "new" | "build" | "items" | "append" | "persistent-id"
  /** The same in words. */
  readonly detail: string
  /**
   * The global that it is about, or whose object: module and name with a dot between, as the loader
   * maps the names of Python 2.
   */
  readonly global: string | null
  /** The opcode that it is about. */
  readonly opcode: string | null
  /** What is known of the global. */
  readonly class: "known" | "code" | "dangerous" | "unknown" | null
  /** What kind of harm it does, where it is dangerous. */
  readonly effect: EffectClass | null
  /**
   * The members that lead to the content, from the outermost archive inwards; empty for the file
   * itself.
   */
  readonly member: readonly string[]
  /** Where it is first, in bytes from the start of the content; null where it is about the file. */
  readonly offset: WholeNumber | null
  /** How many times it is there. */
  readonly count: WholeNumber
}

/**
 * One line of `weighbridge trace --format jsonl`: one thing that loading a file would do, or one
 * gap. Lines follow the order of execution. Every key is always present; what does not apply is
 * null. Shapes tell kinds only, such as (str, list[3]); previews are Python-like text, escaped, cut
 * where it grows long, and redacted where it looks like a credential. Names longer than 1000
 * characters are cut; … and their length follow.
 */
export type TraceRecord = TraceImport | TraceCall | TraceBuild | TraceItems | TracePersistentId | TraceExtension | TraceHash | TraceMemo | TraceStop | TraceGap

/** A global is imported: find_class(module, name). */
export interface TraceImport {
  readonly effect: "import"
  /**
   * What find_class is given; lone surrogates are written \udXXX. Null where only execution would
   * tell.
   */
  readonly module: string | null
  /** As module. */
  readonly name: string | null
  /** module.name after the mapping of Python 2 names. */
  readonly resolved: string | null
  readonly via: "GLOBAL" | "INST" | "STACK_GLOBAL"
  /** Whether the name holds a dot and is followed attribute by attribute. */
  readonly dotted: boolean
  /**
   * The text in UTF-8 with surrogates passed through, as hexadecimal digits, where it holds lone
   * surrogates.
   */
  readonly module_hex: string | null
  /**
   * The text in UTF-8 with surrogates passed through, as hexadecimal digits, where it holds lone
   * surrogates.
   */
  readonly name_hex: string | null
  /** Which pickle of the content, from 0; null outside of pickles. */
  readonly stream: number | null
  /** Bytes from the start of the innermost content. */
  readonly offset: number
  /** Length in bytes; 0 where that is not known. */
  readonly len: number
  /**
   * The readings under which it happens: all; or unpicklers (c, c-file, c-3.14, c-3.14-file,
   * c-3.15, python, python-3.14, python-3.15), each with +ENCODING, +persistent or +no-persistent
   * where it happens only with that.
   */
  readonly readings: readonly string[]
  /**
   * The members that lead to the content, from the outermost archive inwards; null for the file
   * itself.
   */
  readonly member: readonly string[] | null
  /** Whether it happens only where the memo is carried over from the pickles before. */
  readonly carried: boolean
  /** Whether the pickle lies behind bytes that loaders stop at. */
  readonly unreached: boolean
  /** The offset in the file, where the content lies there as it is (not compressed). */
  readonly physical_offset: number | null
}

/** Something is called. */
export interface TraceCall {
  readonly effect: "call"
  readonly via: "REDUCE" | "OBJ" | "INST" | "NEWOBJ" | "NEWOBJ_EX"
  /** What is called: a global by its resolved name, or where another object comes from. */
  readonly callee: string
  readonly args_shape: string
  readonly args_preview: string
  /** Which pickle of the content, from 0; null outside of pickles. */
  readonly stream: number | null
  /** Bytes from the start of the innermost content. */
  readonly offset: number
  /** Length in bytes; 0 where that is not known. */
  readonly len: number
  /**
   * The readings under which it happens: all; or unpicklers (c, c-file, c-3.14, c-3.14-file,
   * c-3.15, python, python-3.14, python-3.15), each with +ENCODING, +persistent or +no-persistent
   * where it happens only with that.
   */
  readonly readings: readonly string[]
  /**
   * The members that lead to the content, from the outermost archive inwards; null for the file
   * itself.
   */
  readonly member: readonly string[] | null
  /** Whether it happens only where the memo is carried over from the pickles before. */
  readonly carried: boolean
  /** Whether the pickle lies behind bytes that loaders stop at. */
  readonly unreached: boolean
  /** The offset in the file, where the content lies there as it is (not compressed). */
  readonly physical_offset: number | null
}

/** An object is given its state: __setstate__, or its attributes are set. */
export interface TraceBuild {
  readonly effect: "build"
  readonly target: string
  readonly state_shape: string
  readonly state_preview: string
  /** Which pickle of the content, from 0; null outside of pickles. */
  readonly stream: number | null
  /** Bytes from the start of the innermost content. */
  readonly offset: number
  /** Length in bytes; 0 where that is not known. */
  readonly len: number
  /**
   * The readings under which it happens: all; or unpicklers (c, c-file, c-3.14, c-3.14-file,
   * c-3.15, python, python-3.14, python-3.15), each with +ENCODING, +persistent or +no-persistent
   * where it happens only with that.
   */
  readonly readings: readonly string[]
  /**
   * The members that lead to the content, from the outermost archive inwards; null for the file
   * itself.
   */
  readonly member: readonly string[] | null
  /** Whether it happens only where the memo is carried over from the pickles before. */
  readonly carried: boolean
  /** Whether the pickle lies behind bytes that loaders stop at. */
  readonly unreached: boolean
  /** The offset in the file, where the content lies there as it is (not compressed). */
  readonly physical_offset: number | null
}

export interface TraceItems {
  readonly effect: "setitem" | "append" | "add"
  readonly target: string
  readonly items_shape: string
  readonly items_preview: string
  /** Which pickle of the content, from 0; null outside of pickles. */
  readonly stream: number | null
  /** Bytes from the start of the innermost content. */
  readonly offset: number
  /** Length in bytes; 0 where that is not known. */
  readonly len: number
  /**
   * The readings under which it happens: all; or unpicklers (c, c-file, c-3.14, c-3.14-file,
   * c-3.15, python, python-3.14, python-3.15), each with +ENCODING, +persistent or +no-persistent
   * where it happens only with that.
   */
  readonly readings: readonly string[]
  /**
   * The members that lead to the content, from the outermost archive inwards; null for the file
   * itself.
   */
  readonly member: readonly string[] | null
  /** Whether it happens only where the memo is carried over from the pickles before. */
  readonly carried: boolean
  /** Whether the pickle lies behind bytes that loaders stop at. */
  readonly unreached: boolean
  /** The offset in the file, where the content lies there as it is (not compressed). */
  readonly physical_offset: number | null
}

/** persistent_load is asked for an object. Loaders that give none end here. */
export interface TracePersistentId {
  readonly effect: "persistent-id"
  readonly id_shape: string
  readonly id_preview: string
  /** Which pickle of the content, from 0; null outside of pickles. */
  readonly stream: number | null
  /** Bytes from the start of the innermost content. */
  readonly offset: number
  /** Length in bytes; 0 where that is not known. */
  readonly len: number
  /**
   * The readings under which it happens: all; or unpicklers (c, c-file, c-3.14, c-3.14-file,
   * c-3.15, python, python-3.14, python-3.15), each with +ENCODING, +persistent or +no-persistent
   * where it happens only with that.
   */
  readonly readings: readonly string[]
  /**
   * The members that lead to the content, from the outermost archive inwards; null for the file
   * itself.
   */
  readonly member: readonly string[] | null
  /** Whether it happens only where the memo is carried over from the pickles before. */
  readonly carried: boolean
  /** Whether the pickle lies behind bytes that loaders stop at. */
  readonly unreached: boolean
  /** The offset in the file, where the content lies there as it is (not compressed). */
  readonly physical_offset: number | null
}

/** A global is taken from copyreg's extension registry. */
export interface TraceExtension {
  readonly effect: "extension"
  readonly code: number
  readonly via: "EXT1" | "EXT2" | "EXT4"
  /** Which pickle of the content, from 0; null outside of pickles. */
  readonly stream: number | null
  /** Bytes from the start of the innermost content. */
  readonly offset: number
  /** Length in bytes; 0 where that is not known. */
  readonly len: number
  /**
   * The readings under which it happens: all; or unpicklers (c, c-file, c-3.14, c-3.14-file,
   * c-3.15, python, python-3.14, python-3.15), each with +ENCODING, +persistent or +no-persistent
   * where it happens only with that.
   */
  readonly readings: readonly string[]
  /**
   * The members that lead to the content, from the outermost archive inwards; null for the file
   * itself.
   */
  readonly member: readonly string[] | null
  /** Whether it happens only where the memo is carried over from the pickles before. */
  readonly carried: boolean
  /** Whether the pickle lies behind bytes that loaders stop at. */
  readonly unreached: boolean
  /** The offset in the file, where the content lies there as it is (not compressed). */
  readonly physical_offset: number | null
}

/**
 * A key is hashed that holds so much that it takes long, or much of the stack: a tuple hashes all
 * that it holds, each as often as it is there.
 */
export interface TraceHash {
  readonly effect: "hash"
  readonly key_shape: string
  readonly key_preview: string
  /** How many objects have been hashed in this pickle up to now, about. */
  readonly steps: number
  /** How deep tuples lie in each other, counted up to 5000. */
  readonly depth: number
  /** Which pickle of the content, from 0; null outside of pickles. */
  readonly stream: number | null
  /** Bytes from the start of the innermost content. */
  readonly offset: number
  /** Length in bytes; 0 where that is not known. */
  readonly len: number
  /**
   * The readings under which it happens: all; or unpicklers (c, c-file, c-3.14, c-3.14-file,
   * c-3.15, python, python-3.14, python-3.15), each with +ENCODING, +persistent or +no-persistent
   * where it happens only with that.
   */
  readonly readings: readonly string[]
  /**
   * The members that lead to the content, from the outermost archive inwards; null for the file
   * itself.
   */
  readonly member: readonly string[] | null
  /** Whether it happens only where the memo is carried over from the pickles before. */
  readonly carried: boolean
  /** Whether the pickle lies behind bytes that loaders stop at. */
  readonly unreached: boolean
  /** The offset in the file, where the content lies there as it is (not compressed). */
  readonly physical_offset: number | null
}

/** An entry is put far behind those that the memo has. */
export interface TraceMemo {
  readonly effect: "memo"
  readonly index: number
  /** Which pickle of the content, from 0; null outside of pickles. */
  readonly stream: number | null
  /** Bytes from the start of the innermost content. */
  readonly offset: number
  /** Length in bytes; 0 where that is not known. */
  readonly len: number
  /**
   * The readings under which it happens: all; or unpicklers (c, c-file, c-3.14, c-3.14-file,
   * c-3.15, python, python-3.14, python-3.15), each with +ENCODING, +persistent or +no-persistent
   * where it happens only with that.
   */
  readonly readings: readonly string[]
  /**
   * The members that lead to the content, from the outermost archive inwards; null for the file
   * itself.
   */
  readonly member: readonly string[] | null
  /** Whether it happens only where the memo is carried over from the pickles before. */
  readonly carried: boolean
  /** Whether the pickle lies behind bytes that loaders stop at. */
  readonly unreached: boolean
  /** The offset in the file, where the content lies there as it is (not compressed). */
  readonly physical_offset: number | null
}

/** The pickle ends; this is its value. */
export interface TraceStop {
  readonly effect: "stop"
  readonly value_shape: string
  readonly value_preview: string
  /** Which pickle of the content, from 0; null outside of pickles. */
  readonly stream: number | null
  /** Bytes from the start of the innermost content. */
  readonly offset: number
  /** Length in bytes; 0 where that is not known. */
  readonly len: number
  /**
   * The readings under which it happens: all; or unpicklers (c, c-file, c-3.14, c-3.14-file,
   * c-3.15, python, python-3.14, python-3.15), each with +ENCODING, +persistent or +no-persistent
   * where it happens only with that.
   */
  readonly readings: readonly string[]
  /**
   * The members that lead to the content, from the outermost archive inwards; null for the file
   * itself.
   */
  readonly member: readonly string[] | null
  /** Whether it happens only where the memo is carried over from the pickles before. */
  readonly carried: boolean
  /** Whether the pickle lies behind bytes that loaders stop at. */
  readonly unreached: boolean
  /** The offset in the file, where the content lies there as it is (not compressed). */
  readonly physical_offset: number | null
}

/** Something could not be examined, or no loader goes on from here. */
export interface TraceGap {
  readonly effect: "gap"
  readonly reason: GapReason
  /** The name of the limit, where reason is limit-reached. */
  readonly limit: string | null
  readonly detail: string
  /** Which pickle of the content, from 0; null outside of pickles. */
  readonly stream: number | null
  /** Bytes from the start of the innermost content. */
  readonly offset: number
  /** Length in bytes; 0 where that is not known. */
  readonly len: number
  /**
   * The readings under which it happens: all; or unpicklers (c, c-file, c-3.14, c-3.14-file,
   * c-3.15, python, python-3.14, python-3.15), each with +ENCODING, +persistent or +no-persistent
   * where it happens only with that.
   */
  readonly readings: readonly string[]
  /**
   * The members that lead to the content, from the outermost archive inwards; null for the file
   * itself.
   */
  readonly member: readonly string[] | null
  /** Whether it happens only where the memo is carried over from the pickles before. */
  readonly carried: boolean
  /** Whether the pickle lies behind bytes that loaders stop at. */
  readonly unreached: boolean
  /** The offset in the file, where the content lies there as it is (not compressed). */
  readonly physical_offset: number | null
}

/**
 * What a model holds: one line of `weighbridge inspect --format json`. Every key is always present;
 * what is absent is null. Credentials are taken out of every string: their first characters and
 * …[redacted] stand for them. Names are otherwise as they are in the file and may hold anything:
 * escape them before you show them. Names longer than 1000 characters are cut; … and their length
 * follow.
 */
export interface Inspection {
  readonly schema_version: 1
  /** The name that the file was given by. */
  readonly path: string
  /** Its length in bytes. */
  readonly size: WholeNumber
  /**
   * What it is read as, as in a report; several where loaders differ, none where it is nothing
   * known.
   */
  readonly formats: readonly string[]
  /** Whether everything was examined: else there may be more. */
  readonly complete: boolean
  /** The libraries that wrote it, with their versions where the file tells. */
  readonly producers: readonly string[]
  /** All tensors together. Those that share a storage are counted each. */
  readonly totals: Totals
  /** The format's own metadata, in the order of the file; at most 10,000. */
  readonly metadata: readonly Entry[]
  /** At most 1,048,576. */
  readonly tensors: readonly InspectedTensor[]
  /** What loaders that restrict pickles would make of it, as in a report. */
  readonly loaders: readonly LoaderAnswer[]
}

/** All tensors together. Those that share a storage are counted each. */
export interface Totals {
  /** A whole number; the digits in a string where it is beyond 2^53 - 1. */
  readonly tensors: WholeNumber
  /** A whole number; the digits in a string where it is beyond 2^53 - 1. */
  readonly elements: WholeNumber
  /** Of the elements. */
  readonly bytes: WholeNumber
}

/** An entry of the metadata. */
export interface Entry {
  readonly key: string
  /** Cut behind 10,000 characters. */
  readonly value: string
}

/** A tensor, or an array. */
export interface InspectedTensor {
  /**
   * The keys, attributes and indices that lead to it, with dots between; empty where the file holds
   * one tensor and nothing else.
   */
  readonly name: string
  /**
   * The members that lead to the content that describes it, from the outermost archive inwards;
   * empty for the file itself.
   */
  readonly member: readonly string[]
  /** The type of its elements, as the format or the library names it: BF16, bfloat16, <f4. */
  readonly dtype: string
  /** The size of each dimension. */
  readonly shape: readonly WholeNumber[]
  /** null where that is no number of 64 bits. */
  readonly elements: WholeNumber | null
  /** Of its elements; null where they are objects, or where that cannot be told. */
  readonly bytes: WholeNumber | null
  /** The storage of PyTorch that its elements lie in. Tensors may share one. */
  readonly storage: string | null
}

/**
 * What was converted, and what was left behind: what `weighbridge convert --format json` writes.
 * Every key is always present; what is absent is null. Names come out of the file and may hold
 * anything: escape them before you show them.
 */
export interface Converted {
  readonly schema_version: 1
  /** The source. */
  readonly source: string
  /** What it is read as, the outermost first. */
  readonly formats: readonly string[]
  /** Whether nothing was written. */
  readonly dry_run: boolean
  /** The files, in the order of their names; those that would be written, on a dry run. */
  readonly files: readonly ConvertedFile[]
  /** The index, where there are several files. */
  readonly index: string | null
  /** The tensors, in the order in which they lie in the files. */
  readonly tensors: readonly ConvertedTensor[]
  /** Names that the metadata tell and no file has. */
  readonly aliases: readonly Alias[]
  /** What was left out because no file of plain tensors holds it. */
  readonly refused: readonly Refused[]
  /** How many tensors were left out because they are not under the key. */
  readonly elsewhere: number
  /** Whether the source holds plain values as well, which are in no file of tensors. */
  readonly has_values: boolean
  /** The file that they were written to. */
  readonly extras: string | null
  /** What to think of loading the source as it was. */
  readonly verdict: "clean" | "unknown" | "suspicious" | "malicious"
  /**
   * The globals in the source that are not known to be harmless, the worst first. Nothing of them
   * was run, and nothing of them is in the files.
   */
  readonly code: readonly ListedGlobal[]
}

/** A file that was written. */
export interface ConvertedFile {
  /** Where it is. */
  readonly path: string
  /** Its length in bytes. */
  readonly size: WholeNumber
}

/** A tensor that was written. */
export interface ConvertedTensor {
  /** Its name. */
  readonly name: string
  /** The name that it has in the source. */
  readonly source: string
  /** The type of its elements, as it was written and as PyTorch has it: float32. */
  readonly dtype: string
  /** The size of each dimension. */
  readonly shape: readonly WholeNumber[]
  /** How many bytes it takes. */
  readonly bytes: WholeNumber
  /** Which of the files it is in, from 0. */
  readonly file: number
}

/** A name that is in no file, for its tensor is there under another one. */
export interface Alias {
  /** The name. */
  readonly name: string
  /** The name that the tensor has in the files. */
  readonly kept: string
}

/** What would be a tensor, and is not given as one. */
export interface Refused {
  /** Its name. */
  readonly name: string
  /** Why. */
  readonly why: string
}

/** A global that loading would import, with what is known of it. */
export interface ListedGlobal {
  /** The module, as the file names it. */
  readonly module: string
  /** The name in it, as the file names it. */
  readonly name: string
  /** The module in hexadecimal digits, where it holds lone surrogates. */
  readonly module_hex: string | null
  /** As module_hex. */
  readonly name_hex: string | null
  /** Module and name with a dot between, after the mapping of Python 2 names. */
  readonly resolved: string
  /** What is known of it. */
  readonly class: "known" | "code" | "dangerous" | "unknown"
  /** The content of the first import. */
  readonly member: readonly string[]
  /** Of the first import in that content, in bytes. */
  readonly offset: WholeNumber
  /** How many imports there are. */
  readonly count: WholeNumber
  /** What kind of harm it does, where it is known to do some. */
  readonly effect: EffectClass | null
  /** The same in words that complete “os.system …”. */
  readonly reason: string | null
}

/**
 * What two models have in common, and in what they differ: what `weighbridge diff --format json`
 * writes. Every key is always present; what is absent is null. Names come out of the files and may
 * hold anything: escape them before you show them.
 */
export interface Difference {
  readonly schema_version: 1
  /** Whether both hold the same tensors. */
  readonly identical: boolean
  /** How many tensors are the same: name, type, shape and every bit. */
  readonly same: WholeNumber
  /** The names of tensors that only the first has, in order. */
  readonly only_first: readonly string[]
  /** The names of tensors that only the second has, in order. */
  readonly only_second: readonly string[]
  /** Tensors that both have, and that are not the same; in the order of their names. */
  readonly changed: readonly ChangedTensor[]
  /** What one of them gives no elements of, so that it cannot be compared: names, in order. */
  readonly unread: readonly string[]
}

/** A tensor that two models hold in different ways. */
export interface ChangedTensor {
  /** Its name. */
  readonly name: string
  /** The types of its elements: in the first, in the second. */
  readonly dtypes: readonly string[]
  /** Its shapes: in the first, in the second. */
  readonly shapes: ReadonlyArray<readonly WholeNumber[]>
  /** How many elements differ, where types and shapes are the same. */
  readonly elements: WholeNumber | null
  /** The first of them, in the order of the indices. */
  readonly first: WholeNumber | null
}

/**
 * Which models, datasets and AI services source trees use, where and how. Every key is always
 * present; what is absent is null. A pure function of the files, the options and the version.
 */
export interface Inventory {
  readonly schema_version: 1
  /** What made the inventory. */
  readonly tool: {
    readonly name: "weighbridge"
    readonly version: string
  }
  /** The trees, as their paths were given, sorted. */
  readonly repositories: readonly string[]
  readonly applications: readonly Application[]
  /** By tree, file and place. */
  readonly references: readonly Reference[]
  /** The models that lie on the disk, by tree and path; those of the user's caches come last. */
  readonly models: readonly ModelOnDisk[]
  readonly findings: readonly InventoryFinding[]
  readonly gaps: readonly InventoryGap[]
  /** Folders of dependencies, caches and version control that were not read. */
  readonly passed_over: readonly string[]
  /** How many files were listed. */
  readonly files: number
}

export type Hub = "huggingface" | "ollama" | "torchhub" | "github" | "modelscope" | "kaggle" | "ngc" | "tfhub" | "docker" | "library" | "url" | "local"

export type Service = "openai" | "anthropic" | "google" | "vertex" | "bedrock" | "sagemaker" | "azure" | "mistral" | "cohere" | "groq" | "together" | "fireworks" | "replicate" | "deepseek" | "xai" | "perplexity" | "openrouter" | "litellm" | "huggingface-inference" | "voyage" | "elevenlabs" | "stability" | "local-server" | "mcp"

export type ReferenceKind = "model" | "dataset" | "adapter" | "tokenizer" | "space" | "service" | "mcp-server"

export type Pin = "commit" | "short-commit" | "tag" | "branch" | "pull-request" | "dynamic" | "none"

export type Resolution = "literal" | "constant" | "class-attribute" | "default-argument" | "argparse-default" | "environment-default" | "dictionary" | "f-string" | "alias" | "wrapper" | "config-value" | "shell-argument" | "url" | "library-default" | "unresolved"

export type Purpose = "train" | "fine-tune" | "evaluate" | "serve" | "embed" | "convert" | "download"

export type Scope = "production" | "test" | "example" | "ci"

/** What is given; dynamic where only running would tell, null where nothing is given. */
export type Switch = true | false | "dynamic" | null

/** A revision and how far it pins. */
export interface Revision {
  readonly text: string | null
  readonly pin: Pin
}

/** What is given along with the id. */
export interface Flags {
  /** What is given; dynamic where only running would tell, null where nothing is given. */
  readonly trust_remote_code: Switch
  readonly code_revision: Revision | null
  /** What is given; dynamic where only running would tell, null where nothing is given. */
  readonly use_safetensors: Switch
  /** What is given; dynamic where only running would tell, null where nothing is given. */
  readonly weights_only: Switch
  /** What is given; dynamic where only running would tell, null where nothing is given. */
  readonly allow_pickle: Switch
  /** What is given; dynamic where only running would tell, null where nothing is given. */
  readonly local_files_only: Switch
  /** What is given; dynamic where only running would tell, null where nothing is given. */
  readonly trust_repo: Switch
}

/** A part of a text. Lines and columns count from 1; columns count characters. */
export interface LocationText {
  readonly kind: "text"
  /** From the top of the tree, with / between. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly end_line: number
  readonly end_column: number
}

/**
 * What references belong to: the folder of the nearest manifest, or of an [[application]] of the
 * configuration.
 */
export interface Application {
  readonly repository: string
  readonly path: string
  readonly name: string
  readonly manifest: string | null
  readonly owner: string | null
  readonly criticality: string | null
}

/** One place that uses a model, a dataset or a service. Either hub or service is given. */
export interface Reference {
  readonly repository: string
  readonly application: string | null
  readonly hub: Hub | null
  readonly service: Service | null
  readonly kind: ReferenceKind
  /** Without a revision; null where only running would tell. */
  readonly id: string | null
  /** A revision and how far it pins. */
  readonly revision: Revision
  readonly call: string
  readonly resolution: Resolution
  /** What is given along with the id. */
  readonly flags: Flags
  readonly confidence: Confidence
  readonly purpose: Purpose | null
  readonly scope: Scope
  /** A part of a text. Lines and columns count from 1; columns count characters. */
  readonly location: LocationText
}

/** What kind of place a model lies in. */
export type Store = "huggingface-cache" | "huggingface-local-dir" | "ollama" | "torch-hub" | "sentence-transformers" | "keras" | "modelscope" | "kagglehub" | "kagglehub-datasets" | "whisper" | "lm-studio" | "llama.cpp" | "dvc" | "git-lfs" | "file"

/** A model on the disk: one revision of a repository in a cache, or a file. */
export interface ModelOnDisk {
  /** The tree that it is in; null for a cache of the user. */
  readonly repository: string | null
  /** From the top of the tree with / between, or the whole path. */
  readonly path: string
  /** What kind of place a model lies in. */
  readonly store: Store
  readonly hub: Hub | null
  readonly kind: ReferenceKind
  /** Null where the store does not tell. */
  readonly id: string | null
  /** The commit, the tag or the version; null where the store does not tell. */
  readonly revision: string | null
  /** The names that point to this revision. */
  readonly refs: readonly string[]
  /** Files that the hub is known not to have at this revision. */
  readonly absent: readonly string[]
  readonly files: readonly ModelFile[]
  /** By the card, in the hub's words. */
  readonly licenses: readonly string[]
  /** What it is made from, by the card or the configuration of the adapter. */
  readonly base_models: readonly string[]
  /** What it was trained with, by the card. */
  readonly datasets: readonly string[]
  /** The references that it serves. */
  readonly used_by: readonly Use[]
}

/** A file of a model. */
export interface ModelFile {
  /** From the path of the model; empty where the model is this file. */
  readonly path: string
  readonly bytes: WholeNumber | null
  /** Where its content was read. */
  readonly sha256: string | null
  /** What it is read as, where it is a model file. */
  readonly format: string | null
  /** What the scan says, where it is a model file that was scanned. */
  readonly verdict: "clean" | "unknown" | "suspicious" | "malicious" | null
  /** Whether a file is what its store says that it is. */
  readonly integrity: Integrity
}

/** Whether a file is what its store says that it is. */
export interface Integrity {
  readonly state: "intact" | "changed" | "not-checked" | "missing"
  /** The hash by the store, where it was changed or is missing. */
  readonly expected: string | null
  /** The hash of the content, where it was changed. */
  readonly found: string | null
  /** Why it was not checked. */
  readonly reason: string | null
}

/** The place of a reference: that of its location. */
export interface Use {
  readonly repository: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Something that could not be examined. */
export interface InventoryGap {
  /** The tree that it is in; null where it is in none. */
  readonly repository: string | null
  readonly reason: GapReason
  /** The name of the limit, where reason is limit-reached. */
  readonly limit: string | null
  readonly location: InventoryLocation
  /** The same in words. */
  readonly detail: string
}

export type InventoryLocation = LocationText | LocationBytes | LocationJson

/** One thing that speaks against the file. */
export interface InventoryFinding {
  /** The tree that it is in; null for a cache of the user. */
  readonly repository: string | null
  /** The folder of the application that the file belongs to; null for a cache of the user. */
  readonly application: string | null
  /** The code of the rule; never given to another one. */
  readonly rule: string
  /** The name of the rule. */
  readonly slug: string
  readonly severity: Severity
  readonly confidence: Confidence
  /** What kind of harm it does, where that is known. */
  readonly effect: EffectClass | null
  /** The weakness in the Common Weakness Enumeration. */
  readonly cwe: number | null
  /** What was found, in one line; what came out of the file is escaped, cut and redacted. */
  readonly message: string
  /** What to do about it. */
  readonly help: string
  /** How often it was found; the location is that of the first. */
  readonly count: WholeNumber
  /** The same for the same finding in another version of the file: free of offsets. */
  readonly fingerprint: string
  readonly location: InventoryLocation
  /**
   * The facts that the message is made of. Values are previews: Python-like text, escaped, cut and
   * redacted.
   */
  readonly evidence: Evidence
  /** Where to read more. */
  readonly references: readonly string[]
}
