// Runs oracle.py inside the CPython of an installed npm `pyodide` package, offline.
//
//     node pyodide.mjs PYODIDE_DIRECTORY CORPUS [the options of oracle.py]
//
// Same corpus in, same JSON lines out. The interpreter lives in a worker thread; when a stream brings it down, or keeps
// it silent for too long, that stream's line is {"crash":true} and a fresh interpreter goes on behind it.
// `--version` instead of CORPUS prints the interpreter's version.

import { readFileSync, readdirSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const SILENCE_MS = 20_000;
const START_MS = 120_000;
const MODULE = "/oracle";

/** Loads the interpreter and answers the streams from `first` on. */
async function work({ directory, corpus, options, first }) {
  const { loadPyodide } = await import(pathToFileURL(join(directory, "pyodide.mjs")).href);
  const python = await loadPyodide({ indexURL: directory });
  const here = dirname(fileURLToPath(import.meta.url));
  python.FS.mkdir(MODULE);
  for (const name of readdirSync(here).filter((name) => name.endsWith(".py"))) {
    python.FS.writeFile(join(MODULE, name), readFileSync(join(here, name)));
  }
  if (corpus === "--version") {
    parentPort.postMessage(python.runPython("import sys; sys.version"));
    return;
  }
  python.FS.writeFile(join(MODULE, "corpus"), readFileSync(corpus));
  python.globals.set("arguments", python.toPy([join(MODULE, "corpus"), ...options]));
  python.globals.set("first", first);
  const answers = python.runPython(`
import sys
sys.path.insert(0, "${MODULE}")
import oracle
oracle.one_by_one(arguments, first)
`);
  parentPort.postMessage(null);
  for (let line = answers(); line !== undefined; line = answers()) parentPort.postMessage(line);
}

/** Writes all of `text` to standard output, also when that is a pipe that is full for the moment. */
function print(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

/** One worker's life. Tells whether the interpreter started, how many lines it gave, and whether it came to the end. */
function live(data) {
  return new Promise((done) => {
    const life = { started: false, answered: 0, complete: false };
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: data });
    const end = (complete) => {
      clearTimeout(timer);
      worker.terminate();
      done({ ...life, complete });
    };
    let timer = setTimeout(end, START_MS, false);
    worker.on("message", (line) => {
      clearTimeout(timer);
      timer = setTimeout(end, SILENCE_MS, false);
      life.started = true;
      if (line === null) return;
      life.answered += 1;
      print(`${line}\n`);
    });
    worker.on("error", (error) => {
      process.stderr.write(`pyodide: ${String(error).slice(0, 200)}\n`);
      end(false);
    });
    worker.on("exit", (code) => end(code === 0));
  });
}

async function main([directory, corpus, ...options]) {
  let first = 0;
  for (;;) {
    const life = await live({ directory: resolve(directory), corpus, options, first });
    if (life.complete) return;
    if (!life.started) throw new Error(`no interpreter starts from ${directory}`);
    first += life.answered + 1;
    print('{"crash":true}\n');
  }
}

await (isMainThread ? main(process.argv.slice(2)) : work(workerData));
