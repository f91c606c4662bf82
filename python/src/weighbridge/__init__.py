"""Tells what a model file would do when it is loaded, without executing, importing or unpickling anything.

    >>> import weighbridge
    >>> report = weighbridge.scan("model.pt")
    >>> report.verdict
    'clean'

Everything is done by the native module; what it gives are frozen objects that can be compared, pickled and shared
between threads.
"""

from weighbridge._async import ascan
from weighbridge._errors import HeaderError, OptionError, ScanCancelled, ScanError, ScanTimeout
from weighbridge._native import (
    Allowed,
    Blocker,
    CancelToken,
    Coverage,
    Entry,
    Finding,
    Gap,
    Global,
    Ignored,
    InspectedTensor,
    Inspection,
    LoaderAnswer,
    Location,
    Member,
    Report,
    Rule,
    SafetensorsHeader,
    SafetensorsTensor,
    Scanner,
    ScanMany,
    Tool,
    Totals,
    TraceRecord,
    __version__,
    decompile,
    disassemble,
    globals_in,
    inspect,
    rules,
    safetensors_header,
    scan,
    scan_many,
    trace,
)

__all__ = [
    "Allowed",
    "Blocker",
    "CancelToken",
    "Coverage",
    "Entry",
    "Finding",
    "Gap",
    "Global",
    "HeaderError",
    "Ignored",
    "InspectedTensor",
    "Inspection",
    "LoaderAnswer",
    "Location",
    "Member",
    "OptionError",
    "Report",
    "Rule",
    "SafetensorsHeader",
    "SafetensorsTensor",
    "ScanCancelled",
    "ScanError",
    "ScanMany",
    "ScanTimeout",
    "Scanner",
    "Tool",
    "Totals",
    "TraceRecord",
    "__version__",
    "ascan",
    "decompile",
    "disassemble",
    "globals_in",
    "inspect",
    "rules",
    "safetensors_header",
    "scan",
    "scan_many",
    "trace",
]
