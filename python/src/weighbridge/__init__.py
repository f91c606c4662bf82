"""Tells what a model file would do when it is loaded, without executing, importing or unpickling anything.

    >>> import weighbridge
    >>> report = weighbridge.scan("model.pt")
    >>> report.verdict
    'clean'

Everything is done by the native module; what it gives are frozen objects that can be compared, pickled and shared
between threads.
"""

from weighbridge._async import ascan
from weighbridge._errors import OptionError, ScanCancelled, ScanError, ScanTimeout
from weighbridge._native import (
    Allowed,
    CancelToken,
    Coverage,
    Finding,
    Gap,
    Global,
    Ignored,
    Location,
    Member,
    Report,
    Rule,
    Scanner,
    ScanMany,
    Tool,
    TraceRecord,
    __version__,
    decompile,
    disassemble,
    globals_in,
    rules,
    scan,
    scan_many,
    trace,
)

__all__ = [
    "Allowed",
    "CancelToken",
    "Coverage",
    "Finding",
    "Gap",
    "Global",
    "Ignored",
    "Location",
    "Member",
    "OptionError",
    "Report",
    "Rule",
    "ScanCancelled",
    "ScanError",
    "ScanMany",
    "ScanTimeout",
    "Scanner",
    "Tool",
    "TraceRecord",
    "__version__",
    "ascan",
    "decompile",
    "disassemble",
    "globals_in",
    "rules",
    "scan",
    "scan_many",
    "trace",
]
