'use strict'

// What comes in pieces, held in memory up to a bound.

const { isAborted, watch } = require('./calls')
const { ScanError, aborted, invalidArgument, tooLong } = require('./errors')
const { bytesOf, chunksOf } = require('./input')
const { Interruptible } = require('./interruptible')

/** All that a stream gives, as a content; the stream is destroyed if that does not end well. */
async function spool(scanner, stream, call) {
  const chunks = chunksOf(stream)
  const content = scanner.spool()
  const waiting = new Interruptible()
  const forget = watch(call, (error) => waiting.interrupt(error))
  try {
    if (isAborted(call.signal)) {
      throw aborted(call.signal, null, call)
    }
    for (;;) {
      const { done, value } = await waiting.wait(chunks.next())
      if (done) {
        return content
      }
      if (!content.push(chunkOf(value))) {
        throw tooLong(
          `the stream gives more than ${content.most} bytes (maxSpoolBytes); save it to a file and scan that`,
        )
      }
    }
  } catch (error) {
    stop(stream, chunks, error)
    throw error
  } finally {
    forget()
  }
}

/** What a stream is called. */
function nameOf(stream) {
  try {
    const { path } = stream
    return typeof path === 'string' ? path : 'stream'
  } catch {
    return 'stream'
  }
}

function chunkOf(chunk) {
  if (typeof chunk === 'string') {
    throw invalidArgument('the stream gives strings; bytes are wanted: set no encoding')
  }
  return bytesOf(chunk)
}

/** Ends a stream that nobody reads any more. What goes wrong with that is nobody's concern. */
function stop(stream, chunks, error) {
  try {
    if (typeof stream.destroy === 'function') {
      // What it says of its end is said by the call, too.
      stream.once?.('error', () => {})
      stream.destroy(error instanceof ScanError ? error : undefined)
    } else {
      Promise.resolve(chunks.return?.()).catch(() => {})
    }
  } catch {
    // The call is over, and says why.
  }
}

module.exports = { nameOf, spool }
