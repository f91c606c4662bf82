// Validates SARIF logs: against the schema, and by the rules of the SARIF SDK's validator.
//
//     node validate-sarif.mjs NODE_MODULES LOG…
//
// Prints what is wrong and exits with 1, or says nothing and exits with 0.

import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

// No page of the project exists, so the tool names none. Every log is told so, which shows that it was looked at.
const NO_PAGE = "SARIF2005";

const [modules, ...logs] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "validate.js"));
const multitool = require("@microsoft/sarif-multitool");
const Ajv = require("ajv/dist/2020");
const addFormats = require("ajv-formats");

const schema = JSON.parse(readFileSync(join(dirname(multitool), "sarif-2.1.0.json"), "utf8"));
const ajv = new Ajv({ allErrors: true, strict: false });
addFormats(ajv);
const fits = ajv.compile(schema);

function wrongBySchema(log) {
  const value = JSON.parse(readFileSync(log, "utf8"));
  return fits(value) ? [] : fits.errors.map((error) => `${log}${error.instancePath}: ${error.message}`);
}

function wrongByRules(log, scratch) {
  const ran = spawnSync(multitool, ["validate", log, "-o", join(scratch, "result.sarif"), "--log", "ForceOverwrite"], {
    encoding: "utf8",
    env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" },
  });
  if (ran.error) return [`${multitool}: ${ran.error.message}`];
  const lines = `${ran.stdout}${ran.stderr}`.split(/\r?\n/);
  const told = lines.filter((line) => /: (error|warning) /.test(line));
  if (ran.status !== 0 || !told.some((line) => line.includes(NO_PAGE))) {
    return [`${multitool} did not validate ${log} (status ${ran.status})`, ...lines];
  }
  return told.filter((line) => !line.includes(NO_PAGE));
}

// The packages are installed without running their scripts; this is what they would do.
chmodSync(multitool, 0o755);
const scratch = mkdtempSync(join(tmpdir(), "sarif-"));
try {
  const wrong = logs.flatMap((log) => [...wrongBySchema(log), ...wrongByRules(log, scratch)]);
  for (const line of wrong) console.error(line);
  process.exitCode = wrong.length > 0 ? 1 : 0;
} finally {
  rmSync(scratch, { recursive: true });
}
