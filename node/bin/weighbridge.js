#!/usr/bin/env node
'use strict'

// The command line, as everywhere: the same code, in this process.
process.exitCode = require('../lib/native').run(process.argv.slice(2))
