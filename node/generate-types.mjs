// Writes results.d.ts: the types of results, from the JSON schemas, and the bounds, from the
// documentation of the Rust library.
//
//     node generate-types.mjs

import { readFileSync, writeFileSync } from 'node:fs'

const HEAD = `// The types of what calls give and of the bounds that they take.
// Written by generate-types.mjs from docs/schema and the documentation of the library; do not edit.
`
/** What definitions of conversions are called that are also others'. */
const CONVERTED = { alias: 'Alias', global: 'ListedGlobal', refused: 'Refused' }
/** What definitions of an inventory are called that differ from those of a report: its places are of more kinds. */
const INVENTORIED = { finding: 'InventoryFinding', gap: 'InventoryGap', location: 'InventoryLocation', model: 'ModelOnDisk' }
const OUT = new URL('results.d.ts', import.meta.url)

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const pascal = (name) => name.replace(/(?:^|[-_])(.)/g, (_, letter) => letter.toUpperCase())
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())

/** A comment of JSDoc, in lines of some width. */
function comment(text, indent = '') {
  const lines = ['']
  for (const word of text.replaceAll('*/', '*\\/').split(/\s+/)) {
    const line = lines.at(-1)
    if (line && indent.length + line.length + word.length > 96) {
      lines.push(word)
    } else {
      lines[lines.length - 1] = line ? `${line} ${word}` : word
    }
  }
  if (lines.length === 1) {
    return `${indent}/** ${lines[0]} */\n`
  }
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`
}

/** The types of one schema. */
class Schema {
  constructor(schema, prefix = '', names = {}) {
    this.schema = schema
    this.prefix = prefix
    this.names = names
  }

  /** What a definition is called; null where it is written out wherever it is used. */
  name(definition) {
    if (definition in this.names) {
      return this.names[definition]
    }
    const { type, enum: values, oneOf } = this.schema.$defs[definition]
    if (definition === 'number') {
      return 'WholeNumber'
    }
    const isUnion = oneOf?.every((one) => one.$ref)
    return type === 'object' || isUnion ? this.prefix + pascal(definition) : values && pascal(definition)
  }

  type(schema, indent) {
    if (schema.$ref) {
      const definition = schema.$ref.replace('#/$defs/', '')
      return this.name(definition) ?? this.type(this.schema.$defs[definition], indent)
    }
    if (schema.const !== undefined || schema.enum) {
      return (schema.enum ?? [schema.const]).map((value) => JSON.stringify(value)).join(' | ')
    }
    if (schema.oneOf) {
      return [...new Set(schema.oneOf.map((one) => this.type(one, indent)))].join(' | ')
    }
    const types = [schema.type].flat().map((type) => this.plain(type, schema, indent))
    return types.join(' | ')
  }

  plain(type, schema, indent) {
    switch (type) {
      case 'array': {
        const item = this.type(schema.items, indent)
        return item.includes(' ') ? `ReadonlyArray<${item}>` : `readonly ${item}[]`
      }
      case 'object':
        return schema.properties ? `{\n${this.fields(schema, indent)}${indent}}` : 'Record<string, unknown>'
      case 'integer':
        return 'number'
      case 'string':
      case 'boolean':
      case 'null':
        return type
      default:
        throw new Error(`no type for ${type}`)
    }
  }

  fields({ properties, required }, indent) {
    const inner = `${indent}  `
    return Object.entries(properties).map(([key, schema]) => {
      if (!required.includes(key)) {
        throw new Error(`${key} is not always there`)
      }
      const reference = schema.$ref && this.schema.$defs[schema.$ref.replace('#/$defs/', '')]
      const words = schema.description ?? reference?.description
      return `${words ? comment(words, inner) : ''}${inner}readonly ${key}: ${this.type(schema, inner)}\n`
    }).join('')
  }

  /** The declaration of a named type. */
  declare(name, schema) {
    const words = schema.description ? comment(schema.description) : ''
    if (schema.type === 'object') {
      return `${words}export interface ${name} {\n${this.fields(schema, '')}}\n`
    }
    return `${words}export type ${name} = ${this.type(schema, '')}\n`
  }

  declarations(title, whole) {
    const named = Object.entries(this.schema.$defs).filter(([name]) => this.name(name))
    return [
      [title, this.declare(title, whole)],
      ...named.map(([name, schema]) => [this.name(name), this.declare(this.name(name), schema)]),
    ]
  }
}

/** The documentation of the public fields of a struct in Rust. */
function fieldsOf(source) {
  const found = new Map()
  for (const [, words, field] of source.matchAll(/((?: *\/\/\/.*\n)+) *pub (\w+): /g)) {
    const text = words.replace(/^ *\/\/\/ ?/gm, '').trim()
    found.set(field, text.replace('[`Limits::RATIO_FROM`]', '256 MiB'))
  }
  return found
}

/** An interface of the bounds that a struct in Rust names. */
function limits(title, words, source, fields) {
  const names = source.match(/NAMES[^;]*?= &\[([^\]]*)\]/)[1].match(/\w+/g)
  const lines = names.map((name) => {
    if (!fields.has(name)) {
      throw new Error(`nothing is said of ${name}`)
    }
    return `${comment(fields.get(name), '  ')}  ${camel(name)}?: number | bigint | null\n`
  })
  return `${comment(words)}export interface ${title} {\n${lines.join('')}}\n`
}

/** The bounds of scans, and those of inventories. */
function allLimits() {
  const source = read('crates/core/src/limits.rs')
  const fields = new Map([...fieldsOf(read('crates/pickle/src/machine/options.rs')), ...fieldsOf(source)])
  const words = 'Bounds on what a file may cost. The defaults are wide enough that no honest file meets them; where one is met, what was found so far stands and a gap names it.'
  const inventory = read('crates/inventory/src/options.rs')
  const trees = 'Bounds on what a tree may cost. Where one is met, what was found stands and a gap names it.'
  return [limits('Limits', words, source, fields), limits('InventoryLimits', trees, inventory, fieldsOf(inventory))]
}

/** The text of results.d.ts. */
export function results() {
  const report = JSON.parse(read('docs/schema/report.schema.json'))
  const trace = JSON.parse(read('docs/schema/trace.schema.json'))
  const { oneOf, description } = trace
  const inspection = JSON.parse(read('docs/schema/inspect.schema.json'))
  const conversion = JSON.parse(read('docs/schema/convert.schema.json'))
  const difference = JSON.parse(read('docs/schema/diff.schema.json'))
  const inventory = JSON.parse(read('docs/schema/inventory.schema.json'))
  const declared = new Map()
  for (const [name, text] of [
    ...new Schema(report).declarations('Report', report),
    ...new Schema(trace, 'Trace').declarations('TraceRecord', { oneOf, description }),
    ...new Schema(inspection, '', { tensor: 'InspectedTensor' }).declarations('Inspection', inspection),
    ...new Schema(conversion, 'Converted', CONVERTED).declarations('Converted', conversion),
    ...new Schema(difference, '', { changed: 'ChangedTensor' }).declarations('Difference', difference),
    ...new Schema(inventory, '', INVENTORIED).declarations('Inventory', inventory),
  ]) {
    if (declared.has(name) && declared.get(name) !== text) {
      throw new Error(`${name} is two things`)
    }
    declared.set(name, text)
  }
  return [HEAD, ...allLimits(), ...declared.values()].join('\n')
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  writeFileSync(OUT, results())
}
