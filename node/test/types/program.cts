// The same types for `require`.

import weighbridge = require('weighbridge')

const report: weighbridge.Report = weighbridge.scanSync('model.pt')
const verdict: 'clean' | 'unknown' | 'suspicious' | 'malicious' = report.verdict
export = verdict
