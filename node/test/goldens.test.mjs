// The report is the same, byte for byte, as in every other language.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { Scanner, scan, scanBytesSync, scanMany, toJson, version } from '../index.mjs'
import { GOLDEN, file, input } from './support/files.mjs'

const { cases } = JSON.parse(readFileSync(new URL('index.json', GOLDEN), 'utf8'))

/** The options of a case, as they are called here. */
function optionsOf({ allow, ignore, hash, limits }) {
  const bounds = Object.entries(limits).map(([name, bound]) => [
    name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()),
    bound,
  ])
  const vouched = Object.fromEntries(allow.map((global) => [global, 'our own']))
  return { allow: vouched, ignore, hash, ...Object.fromEntries(bounds) }
}

/** Without what changes with every release. */
function normalized(report) {
  return toJson(report)
    .replaceAll(`"version":"${version}"`, '"version":"VERSION"')
    .replaceAll(report.knowledge, 'KNOWLEDGE')
    .replaceAll(report.options_digest, 'DIGEST')
}

const golden = ({ report }) => readFileSync(new URL(report, GOLDEN), 'utf8').replaceAll('\n', '')

test('there are goldens', () => {
  assert.ok(cases.length >= 40)
})

for (const one of cases) {
  test(`golden ${one.name}`, async () => {
    const options = optionsOf(one.options)
    if (one.input === null) {
      const reports = []
      for await (const report of scanMany([one.path], options)) {
        reports.push(report)
      }
      assert.deepEqual(reports.map(normalized), [golden(one)])
      return
    }
    const bytes = readFileSync(new URL(one.input, GOLDEN))
    const call = { name: one.path }
    const scanner = new Scanner(options)
    const path = file('golden', bytes)
    const reports = [
      scanBytesSync(bytes, { ...options, ...call }),
      scanner.scanSync(path, call),
      await scanner.scan(path, call),
      await scanner.scanBytes(bytes, call),
      await scanner.scanStream([bytes.subarray(0, 5), bytes.subarray(5)], call),
    ]
    for (const report of reports) {
      assert.equal(normalized(report), golden(one))
    }
  })
}

test('an ordinary copy of a report has the same bytes', async () => {
  const report = await scan(file('hostile.zip', input('hostile.zip')))
  assert.equal(toJson(structuredClone(report)), toJson(report))
  assert.deepEqual(JSON.parse(toJson(report)), report)
})
