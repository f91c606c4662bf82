// Scans in a thread of JavaScript: everything there may be synchronous, and the main thread only gets
// the reports.
//
//     node worker.mjs model.pt other.pkl

import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'

import { scanSync } from 'weighbridge'

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv.slice(2) })
  worker.on('message', ({ path, verdict, findings }) => {
    console.log(`${verdict}: ${path}${findings.length > 0 ? `: ${findings[0].message}` : ''}`)
  })
  // Also in the middle of a scan: nothing of it is left behind.
  process.once('SIGINT', () => worker.terminate())
} else {
  for (const path of workerData) {
    parentPort.postMessage(scanSync(path))
  }
}
