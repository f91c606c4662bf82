// Checkpoints, written by hand: also such as no library would write.

import { Buffer } from 'node:buffer'

export const ARTIFACTS = new URL('../../../crates/core/tests/artifacts/', import.meta.url)

/** A file of safetensors. */
export function safetensors(header, elements) {
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, elements])
}

/** A file of one tensor with these elements. */
export const one = (dtype, shape, bytes) =>
  safetensors({ t: { dtype, shape, data_offsets: [0, bytes.length] } }, Buffer.from(bytes))

const word = (text) => {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(Buffer.byteLength(text))
  return Buffer.concat([Buffer.from('X'), length, Buffer.from(text)])
}

const numbers = (items) => `(${items.map((item) => `I${item}\n`).join('')}t`

/** An array of NumPy in a pickle: its shape, and its elements, which are floats of 32 bits. */
export function array(shape, elements) {
  const bytes = Buffer.from(new Float32Array(elements).buffer)
  const length = Buffer.from([bytes.length])
  return Buffer.concat([
    Buffer.from('cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\nt'), Buffer.from('C\x01bt', 'latin1'), Buffer.from('R(I1\n'),
    Buffer.from(numbers(shape)), Buffer.from('cnumpy\ndtype\n('), word('f4'), Buffer.from('I0\nI1\ntR(I3\n'), word('<'),
    Buffer.from('NNNI-1\nI-1\nI0\ntbI00\nC'), length, bytes, Buffer.from('tb'),
  ])
}

/** A pickle of a dict; `before` is done first. */
export const pickled = (values, before = Buffer.alloc(0)) =>
  Buffer.concat([
    Buffer.from([0x80, 3]), before, Buffer.from('}('),
    ...Object.entries(values).flatMap(([name, value]) => [word(name), value]), Buffer.from('u.'),
  ])
