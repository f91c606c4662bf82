'use strict'

/**
 * Waits for one promise after the other, until that is interrupted. `Promise.race` with a promise that lives long would
 * leave something behind on it each time.
 */
class Interruptible {
  #end
  #reject

  /** What `promise` gives, unless this is interrupted before. */
  wait(promise) {
    return new Promise((resolve, reject) => {
      Promise.resolve(promise).then(resolve, reject)
      this.#reject = reject
      if (this.#end !== undefined) {
        reject(this.#end.error)
      }
    })
  }

  /** Whoever waits, or is going to, gets this error. */
  interrupt(error) {
    this.#end ??= { error }
    this.#reject?.(error)
  }
}

module.exports = { Interruptible }
