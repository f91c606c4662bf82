// The same for `import`.

import weighbridge from './index.js'

export const {
  ScanError,
  Scanner,
  Tensors,
  convert,
  convertSync,
  decompile,
  diff,
  disassemble,
  globalsIn,
  inspect,
  loadTensors,
  loadTensorsSync,
  rules,
  safetensorsHeader,
  scan,
  scanBytes,
  scanBytesSync,
  scanMany,
  scanStream,
  scanSync,
  toJson,
  trace,
  version,
} = weighbridge
