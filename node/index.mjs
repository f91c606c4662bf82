// The same for `import`.

import weighbridge from './index.js'

export const {
  ScanError,
  Scanner,
  Tensors,
  bom,
  bomSync,
  convert,
  convertSync,
  decompile,
  diff,
  disassemble,
  globalsIn,
  inspect,
  inventory,
  inventorySync,
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
