// An upload service that keeps models which are harmless to load, and says why it refuses the others.
//
//     npm install fastify weighbridge
//     node upload.mjs 8080 models
//     curl -T model.pt -H 'content-type: application/octet-stream' localhost:8080/models/model.pt

import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

import Fastify from 'fastify'
import { ScanError, Scanner } from 'weighbridge'

const MOST_BYTES = 10 * 2 ** 30
const MOST_MILLISECONDS = 60_000

/** A server that keeps models in a folder. */
export function server(folder) {
  const app = Fastify()
  const scanner = new Scanner({ maxBytes: MOST_BYTES })
  // The body is a stream: it goes to the disk as it comes.
  app.addContentTypeParser('application/octet-stream', (request, body, done) => done(null, body))

  app.put('/models/:name', async (request, reply) => {
    const { name } = request.params
    if (!/^\w[\w.-]*$/.test(name)) {
      return reply.code(400).send({ error: 'a name is letters, digits, dots and dashes' })
    }
    const incoming = join(folder, `.${randomUUID()}`)
    // Nobody waits for the scan of a client that is gone.
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    try {
      await mkdir(folder, { recursive: true })
      await pipeline(request.body, bounded, createWriteStream(incoming), { signal: gone.signal })
      const report = await scanner.scan(incoming, {
        name,
        signal: gone.signal,
        timeoutMs: MOST_MILLISECONDS,
      })
      if (report.verdict !== 'clean') {
        return reply.code(422).send({ error: reasonOf(report), verdict: report.verdict })
      }
      // What was scanned is what is kept.
      await rename(incoming, join(folder, name))
      return reply.code(201).send({ verdict: report.verdict })
    } catch (error) {
      if (error instanceof ScanError && error.code === 'WEIGHBRIDGE_TIMEOUT') {
        return reply.code(422).send({ error: `${name}: examining it takes too long`, verdict: 'unknown' })
      }
      throw error
    } finally {
      await rm(incoming, { force: true })
    }
  })
  return app
}

/** The chunks of a body, of which there may not be too many. */
async function* bounded(chunks) {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) {
      throw Object.assign(new Error('this is too large'), { statusCode: 413 })
    }
    yield chunk
  }
}

/** Why a file is refused, for people: the worst of what was found, or what could not be examined. */
function reasonOf({ path, findings, coverage }) {
  const [worst] = findings
  if (worst) {
    return `${path}: ${worst.message} (${worst.rule}). ${worst.help}`
  }
  const [gap] = coverage.gaps
  return `${path}: it could not be examined: ${gap.detail}`
}

if (process.argv.length > 2) {
  const [, , port, folder = 'models'] = process.argv
  await server(folder).listen({ port: Number(port) })
}
