// The same for `import`.

import weighbridge from './index.js'

export const {
  ScanError,
  Scanner,
  decompile,
  disassemble,
  globalsIn,
  inspect,
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
