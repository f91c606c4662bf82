// A program that uses all that is offered; `tsc --strict` has nothing to say about it.

import { createReadStream } from 'node:fs'

import {
  ScanError, Scanner, Tensors, bom, bomSync, convert, convertSync, decompile, diff, disassemble, globalsIn, inspect, inventory, inventorySync, loadTensors, loadTensorsSync, rules,
  safetensorsHeader, scan, scanBytes, scanBytesSync, scanMany, scanStream, scanSync, toJson, trace, version,
} from 'weighbridge'
import type { CallOptions, ConvertOptions, Converted, Difference, Evidence, Finding, Inventory, InventoryOptions, ListedGlobal, Reference, Report, Rule, ScannerOptions, Severity, TensorPart, TraceRecord, Verdict } from 'weighbridge'

const options: ScannerOptions = { allow: ['ourlib.Head'], ignore: new Set(['PKL301']), deep: true, hash: null, maxBytes: 2n ** 40n, maxNesting: 4 }
const call: CallOptions = {
  name: 'model.pt',
  timeoutMs: 1000,
  signal: AbortSignal.timeout(1000),
  progress: (reached, total) => console.log(reached / total),
}

/** A switch over a union tells whether a case is missing. */
function colorOf(verdict: Verdict): string {
  switch (verdict) {
    case 'clean': return 'green'
    case 'unknown': return 'gray'
    case 'suspicious': return 'yellow'
    case 'malicious': return 'red'
  }
}

function wordsOf(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'import': return evidence.global
    case 'call': return evidence.callee + evidence.args
    case 'change': return evidence.target
    case 'payload': return evidence.layers.join(' ')
    case 'structure': return evidence.detail
  }
}

function previewOf(record: TraceRecord): string | null {
  switch (record.effect) {
    case 'import': return record.resolved
    case 'call': return `${record.callee}${record.args_preview}`
    case 'gap': return record.detail
    default: return null
  }
}

export async function main(path: string, bytes: Uint8Array): Promise<string> {
  const scanner = new Scanner(options)
  const reports: Report[] = [
    await scan(path, { ...options, ...call }),
    await scan(new URL('file:///model.pt')),
    scanSync(path, { allow: { 'ourlib.Head': 'our own' } }),
    await scanBytes(bytes, call),
    await scanBytes(Buffer.from(bytes)),
    scanBytesSync(bytes, { name: null }),
    await scanStream(createReadStream(path), { maxSpoolBytes: 1 << 20 }),
    await scanStream(new Blob([]).stream()),
    await scanner.scan(path, call),
  ]
  for await (const report of scanMany([path], { concurrency: 2, progress: (given: number) => console.log(given) })) {
    reports.push(report)
  }
  const findings: readonly Finding[] = reports[0]!.findings
  const severities: Severity[] = findings.map((finding) => finding.severity)
  const records: TraceRecord[] = await trace(bytes, { timeoutMs: 7 })
  const globals: ListedGlobal[] = await globalsIn(path)
  const { totals, tensors: [tensor] } = await inspect(path)
  const { metadata, data_start: start } = await safetensorsHeader(bytes)
  console.log(totals.bytes, tensor?.shape.length, metadata?.['format'], start)
  const known: Rule[] = rules()
  const texts: string[] = [await disassemble(path), await decompile(path, { full: true }), toJson(reports[0]!), version]
  try {
    await scanner.trace(path)
  } catch (error) {
    if (error instanceof ScanError && error.code === 'ABORT_ERR') {
      const partial: Report | null = error.report
      return partial?.verdict ?? error.name
    }
  }
  return [
    ...reports.map((report) => colorOf(report.verdict)), ...findings.map((finding) => wordsOf(finding.evidence)),
    ...records.map(previewOf), ...globals.map((one) => one.effect ?? one.resolved), ...known.map((rule) => rule.slug),
    ...severities, ...texts,
  ].join()
}

export async function tensors(path: string): Promise<number> {
  const how: ConvertOptions = {
    key: 'state_dict', metadata: { format: 'pt' }, shardSize: '5GB', dtype: 'bfloat16', tied: 'duplicate', skip: true, force: null,
    dryRun: true, extras: new URL('file:///rest.json'), timeoutMs: 7, maxMembers: 5, progress: (reached, total) => console.log(reached / total),
  }
  const done: Converted = await convert(path, null, how)
  convertSync(new URL('file:///model.pt'), 'out.safetensors', { shardSize: 2n ** 33n })
  const difference: Difference = await diff(path, new Uint8Array(), { timeoutMs: 7 })
  const loaded: Tensors = await loadTensors(path, { signal: AbortSignal.timeout(7) })
  const part: TensorPart = loadTensorsSync(new Uint8Array()).get('w', { start: 1 })
  loaded.close()
  try {
    loaded.get(loaded.names()[0]!)
  } catch (error) {
    if (error instanceof ScanError && error.code === 'WEIGHBRIDGE_CONVERT_REFUSED') console.log(error.refused?.[0]?.why)
  }
  const one = part.data[0]
  console.log(toJson(done), done.code[0]?.reason, difference.changed[0]?.shapes[0]?.[0], typeof one === 'bigint' ? Number(one) : one)
  return part.data.length
}

export async function trees(path: string): Promise<string> {
  const how: InventoryOptions = {
    include: '*.py', exclude: new Set(['tests/']), threads: 2, applications: [{ path: 'search', owner: 'us', criticality: null }],
    config: new URL('file:///weighbridge.toml'), timeoutMs: 1000, signal: AbortSignal.timeout(1000), maxFiles: 10n, scan: false, caches: null,
    progress: (read, total) => console.log(read / total),
  }
  const found: Inventory = await inventory([path, new URL('file:///src')], how)
  const references: readonly Reference[] = inventorySync(path, { maxFileBytes: null }).references
  const loaded = references.filter(({ hub, flags }) => hub === 'huggingface' && flags.trust_remote_code === 'dynamic')
  const place = found.findings[0]?.location
  if (place?.kind === 'text') console.log(place.line + 1, loaded[0]?.revision.pin, found.gaps[0]?.detail, found.models[0]?.files[0]?.integrity.state)
  try {
    return await bom(path, { ...how, spec: '1.7' }) + bomSync([path], { spec: '1.6' }) + toJson(found)
  } catch (error) {
    if (error instanceof ScanError) return String(error.inventory?.files)
    throw error
  }
}

export function mistakes(report: Report): void {
  // @ts-expect-error: there is no such verdict.
  if (report.verdict === 'harmless') return
  // @ts-expect-error: reports are for reading.
  report.verdict = 'clean'
  // @ts-expect-error: a path is no bytes.
  scanBytesSync('model.pt')
  // @ts-expect-error: bytes are no path.
  void scan(new Uint8Array(4))
  // @ts-expect-error: there is no such option.
  void scan('model.pt', { maxEverything: 4 })
  // @ts-expect-error: nothing can be aborted here.
  scanSync('model.pt', { signal: AbortSignal.timeout(4) })
  // @ts-expect-error: the numbers are no strings.
  void scan('model.pt', { maxBytes: '4' })
  // @ts-expect-error: what a finding does may not be known.
  report.findings[0].effect.length
  // @ts-expect-error: nobody else makes these.
  new Tensors()
  // @ts-expect-error: there is no such version.
  void bom('src', { spec: '1.5' })
  // @ts-expect-error: nothing can be aborted here.
  inventorySync('src', { signal: AbortSignal.timeout(4) })
  // @ts-expect-error: integers are not made of floats.
  void convert('model.pt', null, { dtype: 'int8' })
}
