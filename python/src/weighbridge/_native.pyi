"""The native module: all of Weighbridge that Python sees."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Protocol, Required, Self, TypeAlias, TypedDict, Unpack, final

from typing_extensions import Buffer

__version__: str

_Loads: TypeAlias = Literal["yes", "no", "not-known"]
_Verdict: TypeAlias = Literal["clean", "unknown", "suspicious", "malicious"]
_Severity: TypeAlias = Literal["info", "low", "medium", "high", "critical"]
_Confidence: TypeAlias = Literal["low", "medium", "high"]
_GlobalClass: TypeAlias = Literal["known", "code", "dangerous", "unknown"]
_Hub: TypeAlias = Literal["huggingface", "ollama", "torchhub", "github", "modelscope", "kaggle", "ngc", "tfhub", "docker", "library", "url", "local"]
_Service: TypeAlias = Literal["openai", "anthropic", "google", "vertex", "bedrock", "sagemaker", "azure", "mistral", "cohere", "groq", "together", "fireworks", "replicate", "deepseek", "xai", "perplexity", "openrouter", "litellm", "huggingface-inference", "voyage", "elevenlabs", "stability", "local-server", "mcp"]
_ReferenceKind: TypeAlias = Literal["model", "dataset", "adapter", "tokenizer", "space", "service", "mcp-server"]
_Pin: TypeAlias = Literal["commit", "short-commit", "tag", "branch", "pull-request", "dynamic", "none"]
_Resolution: TypeAlias = Literal["literal", "constant", "class-attribute", "default-argument", "argparse-default", "environment-default", "dictionary", "f-string", "alias", "wrapper", "config-value", "shell-argument", "url", "library-default", "unresolved"]
_Purpose: TypeAlias = Literal["train", "fine-tune", "evaluate", "serve", "embed", "convert", "download"]
_Scope: TypeAlias = Literal["production", "test", "example", "ci"]
_Store: TypeAlias = Literal["huggingface-cache", "huggingface-local-dir", "ollama", "torch-hub", "sentence-transformers", "keras", "modelscope", "kagglehub", "kagglehub-datasets", "whisper", "lm-studio", "llama.cpp", "dvc", "git-lfs", "file"]
_Switch: TypeAlias = bool | Literal["dynamic"] | None

class _BinaryFile(Protocol):
    """A file object that is open in binary mode. Where it can be sought, its position is restored."""

    def read(self, size: int, /) -> bytes: ...

_Path: TypeAlias = str | os.PathLike[str] | os.PathLike[bytes]
_Scannable: TypeAlias = _Path | Buffer | _BinaryFile

_Model: TypeAlias = str | os.PathLike[str] | Buffer

class _Limits(TypedDict, total=False):
    """Bounds on what a file may cost."""

    max_bytes: int | None
    max_instructions: int | None
    max_stack: int | None
    max_memo: int | None
    max_nesting: int | None
    max_members: int | None
    max_expanded_bytes: int | None
    max_spool_bytes: int | None
    max_expansion_ratio: int | None
    max_storages: int | None
    max_findings: int | None
    max_embedded: int | None

class _Options(_Limits, total=False):
    """What goes for every scan of a scanner."""

    allow: Iterable[str] | Mapping[str, str | None] | None
    ignore: Iterable[str] | None
    deep: bool | None
    hash: bool | None

class _ConvertOptions(_Limits, total=False):
    """How a checkpoint is converted."""

    progress: Callable[[int, int], object] | None
    cancel: CancelToken | None

    key: str | None
    metadata: Mapping[str, str] | None
    shard_size: int | str | None
    dtype: Literal["float16", "bfloat16", "float32", "float64"] | None
    tied: Literal["alias", "duplicate"] | None
    skip: bool
    force: bool
    dry_run: bool
    extras: str | os.PathLike[str] | None

class _ApplicationEntry(TypedDict, total=False):
    """An application that the caller names: a folder from the top of its tree."""

    path: Required[str]
    owner: str | None
    criticality: str | None

class _InventoryOptions(TypedDict, total=False):
    """How source trees are read."""

    include: Iterable[str] | None
    exclude: Iterable[str] | None
    threads: int | None
    applications: Iterable[_ApplicationEntry] | None
    config: _Path | None
    scan: bool | None
    caches: bool | None
    timeout: float | None
    cancel: CancelToken | None
    progress: Callable[[int, int], object] | None
    max_file_bytes: int | None
    max_files: int | None
    max_references: int | None
    max_model_bytes: int | None

class _ScanOptions(_Options, total=False):
    """What goes for one scan besides."""

    name: str | os.PathLike[str] | None
    timeout: float | None
    cancel: CancelToken | None
    progress: Callable[[int, int], object] | None

class _ManyOptions(_Options, total=False):
    """What goes for scanning many files besides."""

    timeout: float | None
    cancel: CancelToken | None
    progress: Callable[[int], object] | None

class _ViewOptions(_Options, total=False):
    """What goes for one other view of a file besides."""

    name: str | os.PathLike[str] | None
    timeout: float | None
    cancel: CancelToken | None

@final
class Report:
    """What was found in a file, and what to think of it."""

    @property
    def schema_version(self) -> int:
        """The version of this shape."""

    @property
    def tool(self) -> Tool:
        """What made the report."""

    @property
    def knowledge(self) -> str:
        """The version of the knowledge: a hash of its tables."""

    @property
    def options_digest(self) -> str:
        """A hash of the options."""

    @property
    def kind(self) -> Literal["file", "repository"]:
        """What is reported on: `file`."""

    @property
    def path(self) -> str:
        """The name that the file was given by."""

    @property
    def path_hex(self) -> str | None:
        """The name in hexadecimal digits, where it is no UTF-8."""

    @property
    def size(self) -> int | None:
        """Its length in bytes."""

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of its bytes, where `hash=True` asked for it."""

    @property
    def formats(self) -> tuple[str, ...]:
        """What it is read as; several where loaders differ."""

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings that the verdict rests on."""

    @property
    def verdict(self) -> _Verdict:
        """`clean`, `unknown`, `suspicious` or `malicious`."""

    @property
    def coverage(self) -> Coverage:
        """What was examined."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What speaks against it, the most severe first."""

    @property
    def members(self) -> tuple[Member, ...]:
        """The contents that are read as something, in the order of examination."""

    @property
    def globals(self) -> tuple[Global, ...]:
        """The globals that loading it would import."""

    @property
    def loaders(self) -> tuple[LoaderAnswer, ...]:
        """What loaders that restrict pickles would make of it, version by version."""

    @property
    def allowed(self) -> tuple[Allowed, ...]:
        """What the user allowed."""

    @property
    def ignored(self) -> tuple[Ignored, ...]:
        """The rules whose findings the user ignores."""

    @property
    def is_clean(self) -> bool:
        """Whether the verdict is `clean`."""

    def to_dict(self) -> dict[str, Any]:
        """The report as a dict: what `json.loads` makes of `to_json()`."""

    def to_json(self) -> str:
        """The report as one line of JSON, as the command line and every language write it."""

    def to_sarif(self) -> str:
        """The report as a log in SARIF 2.1.0."""

    def _repr_html_(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_pickle(json: str, sarif: str, html: str) -> Report: ...

@final
class Finding:
    """What speaks against a file."""

    @property
    def rule(self) -> str:
        """The rule's code, such as `PKL101`."""

    @property
    def slug(self) -> str:
        """The rule's name, such as `dangerous-call`."""

    @property
    def severity(self) -> _Severity:
        """`info`, `low`, `medium`, `high` or `critical`."""

    @property
    def confidence(self) -> _Confidence:
        """`low`, `medium` or `high`."""

    @property
    def effect(self) -> str | None:
        """What kind of harm it does, such as `process`; `None` where that is not known."""

    @property
    def cwe(self) -> int | None:
        """The weakness in the Common Weakness Enumeration."""

    @property
    def message(self) -> str:
        """What would happen, in words."""

    @property
    def help(self) -> str:
        """What to do about it."""

    @property
    def count(self) -> int:
        """How many times it was found."""

    @property
    def fingerprint(self) -> str:
        """The same for the same finding in another version of the file: free of offsets."""

    @property
    def location(self) -> Location:
        """Where it was found first."""

    @property
    def evidence(self) -> dict[str, Any]:
        """What it rests on; the keys depend on its `kind`, see the schema of the report."""

    @property
    def references(self) -> tuple[str, ...]:
        """Where to read more."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Finding: ...

@final
class Location:
    """A place in a file. What a kind of place does not have is `None`."""

    @property
    def kind(self) -> str:
        """`bytes`, `text` or `json`."""

    @property
    def member(self) -> tuple[str, ...]:
        """The members that lead to the content, from the outermost archive inwards."""

    @property
    def stream(self) -> int | None:
        """Which pickle of the content, from 0."""

    @property
    def offset(self) -> int | None:
        """In bytes from the start of the content."""

    @property
    def len(self) -> int | None:
        """How many bytes."""

    @property
    def physical_offset(self) -> int | None:
        """In bytes from the start of the file, where the content lies there as it is."""

    @property
    def file(self) -> str | None:
        """The file, where it is another one."""

    @property
    def pointer(self) -> str | None:
        """The place in a JSON document, as a JSON pointer."""

    @property
    def line(self) -> int | None:
        """The line in a text, from 1."""

    @property
    def column(self) -> int | None:
        """The column in that line, in characters, from 1."""

    @property
    def end_line(self) -> int | None:
        """The line that it ends in."""

    @property
    def end_column(self) -> int | None:
        """The column behind its end."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Location: ...

@final
class Gap:
    """Something that could not be examined."""

    @property
    def reason(self) -> str:
        """`truncated`, `malformed`, `junk`, `encrypted`, `unsupported`, `limit-reached`, `io` or `cancelled`."""

    @property
    def limit(self) -> str | None:
        """The limit that was reached."""

    @property
    def location(self) -> Location:
        """Where."""

    @property
    def detail(self) -> str:
        """The same in words."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Gap: ...

@final
class Coverage:
    """What was examined."""

    @property
    def complete(self) -> bool:
        """Whether that is everything."""

    @property
    def examined_bytes(self) -> int:
        """How many bytes were followed to their end or understood."""

    @property
    def opaque_bytes(self) -> int:
        """How many bytes no loader interprets: elements of tensors."""

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be examined."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Coverage: ...

@final
class Member:
    """A content that is read as something."""

    @property
    def member(self) -> tuple[str, ...]:
        """The names that lead to it; empty for the file itself."""

    @property
    def name_hex(self) -> str | None:
        """The last of the names in hexadecimal digits, where it is no UTF-8."""

    @property
    def format(self) -> str:
        """What it is read as."""

    @property
    def size(self) -> int:
        """Its length in bytes."""

    @property
    def examined(self) -> bool:
        """Whether there is no gap in it."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Member: ...

@final
class Global:
    """A global that loading would import."""

    @property
    def module(self) -> str:
        """The module, as the file names it."""

    @property
    def name(self) -> str:
        """The name in it, as the file names it."""

    @property
    def module_hex(self) -> str | None:
        """The module in hexadecimal digits, where it holds lone surrogates."""

    @property
    def name_hex(self) -> str | None:
        """As `module_hex`."""

    @property
    def resolved(self) -> str:
        """Module and name with a dot between, after the mapping of Python 2 names."""

    @property
    def class_(self) -> _GlobalClass:
        """`known`, `code`, `dangerous` or `unknown`."""

    @property
    def member(self) -> tuple[str, ...]:
        """The content of the first import."""

    @property
    def offset(self) -> int:
        """The offset of the first import in that content, in bytes."""

    @property
    def count(self) -> int:
        """How many imports there are."""

    @property
    def effect(self) -> str | None:
        """What kind of harm it does; told by `globals_in`."""

    @property
    def reason(self) -> str | None:
        """The same in words that complete "`os.system` …"; told by `globals_in`."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Global: ...

@final
class Allowed:
    """A global that the user vouches for."""

    @property
    def path(self) -> str:
        """Module and name with a dot between."""

    @property
    def permit(self) -> tuple[str, ...]:
        """What it may be used for."""

    @property
    def reason(self) -> str | None:
        """Why."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Allowed: ...

@final
class Ignored:
    """A rule whose findings the user ignores."""

    @property
    def rule(self) -> str:
        """Its code."""

    @property
    def findings(self) -> int:
        """How many findings were left out."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Ignored: ...

@final
class Tool:
    """What made a report."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def version(self) -> str:
        """Its version."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Tool: ...

@final
class TraceRecord:
    """One thing that loading a file would do, or that could not be examined."""

    @property
    def effect(self) -> str:
        """`import`, `call`, `build` and the like; `gap` for what could not be examined."""

    @property
    def via(self) -> str | None:
        """The opcode."""

    @property
    def module(self) -> str | None:
        """What is imported: the module, as the file names it."""

    @property
    def name(self) -> str | None:
        """The name in it, as the file names it."""

    @property
    def resolved(self) -> str | None:
        """Module and name with a dot between, after the mapping of Python 2 names."""

    @property
    def dotted(self) -> bool | None:
        """Whether the name holds a dot and is followed attribute by attribute."""

    @property
    def callee(self) -> str | None:
        """What is called."""

    @property
    def args_shape(self) -> str | None:
        """The kinds of its arguments."""

    @property
    def args_preview(self) -> str | None:
        """Its arguments: Python-like text, escaped and cut."""

    @property
    def target(self) -> str | None:
        """What gets a state or items."""

    @property
    def state_shape(self) -> str | None:
        """The kinds in the state."""

    @property
    def state_preview(self) -> str | None:
        """The state, as `args_preview`."""

    @property
    def items_shape(self) -> str | None:
        """The kinds of the items."""

    @property
    def items_preview(self) -> str | None:
        """The items, as `args_preview`."""

    @property
    def id_preview(self) -> str | None:
        """The persistent id that a loader is asked for, as `args_preview`."""

    @property
    def code(self) -> int | None:
        """The code in the extension registry."""

    @property
    def value_preview(self) -> str | None:
        """The value that the pickle gives, as `args_preview`."""

    @property
    def reason(self) -> str | None:
        """Of a gap: why."""

    @property
    def limit(self) -> str | None:
        """Of a gap: the limit that was reached."""

    @property
    def detail(self) -> str | None:
        """Of a gap: the same in words."""

    @property
    def stream(self) -> int | None:
        """Which pickle of the content, from 0."""

    @property
    def offset(self) -> int:
        """In bytes from the start of the content."""

    @property
    def len(self) -> int:
        """How many bytes."""

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings under which it happens."""

    @property
    def member(self) -> list[str] | None:
        """The members that lead to the content; `None` for the file itself."""

    @property
    def carried(self) -> bool:
        """Whether it happens only with the memo of the pickle before."""

    @property
    def unreached(self) -> bool:
        """Whether no loader is known to get here."""

    @property
    def physical_offset(self) -> int | None:
        """In bytes from the start of the file, where the content lies there as it is."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> TraceRecord: ...

@final
class Rule:
    """A rule."""

    @property
    def code(self) -> str:
        """Its code, such as `PKL101`."""

    @property
    def slug(self) -> str:
        """Its name, such as `dangerous-call`."""

    @property
    def title(self) -> str:
        """The same as a sentence."""

    @property
    def severity(self) -> _Severity:
        """How severe its findings mostly are; each has its own severity."""

    @property
    def cwe(self) -> int | None:
        """The weakness in the Common Weakness Enumeration."""

    @property
    def what(self) -> str:
        """What it looks for."""

    @property
    def why(self) -> str:
        """Why that matters."""

    @property
    def help(self) -> str:
        """What to do where it hits."""

    @property
    def help_if_mild(self) -> str | None:
        """What to do where the finding is of medium severity or less, if that is something else."""

    @property
    def references(self) -> tuple[str, ...]:
        """Where to read more."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Rule: ...

@final
class Inspection:
    """What a file holds."""

    @property
    def schema_version(self) -> int:
        """The version of this shape."""

    @property
    def path(self) -> str:
        """The name that the file was given by."""

    @property
    def size(self) -> int:
        """Its length in bytes."""

    @property
    def formats(self) -> tuple[str, ...]:
        """What it is read as."""

    @property
    def complete(self) -> bool:
        """Whether everything was examined: else there may be more."""

    @property
    def producers(self) -> tuple[str, ...]:
        """The libraries that wrote it, with their versions where the file tells."""

    @property
    def totals(self) -> Totals:
        """How much it holds."""

    @property
    def metadata(self) -> tuple[Entry, ...]:
        """The format's own metadata."""

    @property
    def tensors(self) -> tuple[InspectedTensor, ...]:
        """The tensors."""

    @property
    def loaders(self) -> tuple[LoaderAnswer, ...]:
        """What loaders that restrict pickles would make of it, version by version."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Inspection: ...

@final
class LoaderAnswer:
    """What a loader that restricts pickles would make of a file."""

    @property
    def loader(self) -> str:
        """The call: `torch.load(weights_only=True)`."""

    @property
    def version(self) -> str:
        """The version of the library, such as `2.6`."""

    @property
    def loads(self) -> _Loads:
        """`yes`, `no` or `not-known`."""

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """What stands in the way."""

    @property
    def allow(self) -> str | None:
        """The line of Python that would allow all of them; `None` where there is none."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> LoaderAnswer: ...

@final
class Blocker:
    """Something that a loader refuses."""

    @property
    def what(self) -> str:
        """`format`, `stream`, `opcode`, `import`, `call`, `new`, `build`, `items`, `append` or `persistent-id`."""

    @property
    def detail(self) -> str:
        """The same in words."""

    @property
    def global_(self) -> str | None:
        """The global that it is about, or whose object."""

    @property
    def opcode(self) -> str | None:
        """The opcode that it is about."""

    @property
    def class_(self) -> _GlobalClass | None:
        """`known`, `code`, `dangerous` or `unknown`: what is known of the global."""

    @property
    def effect(self) -> str | None:
        """What kind of harm the global does, where it is dangerous."""

    @property
    def member(self) -> tuple[str, ...]:
        """The members that lead to the content."""

    @property
    def offset(self) -> int | None:
        """Where it is first, in bytes from the start of the content."""

    @property
    def count(self) -> int:
        """How many times it is there."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Blocker: ...

@final
class Totals:
    """How much a file holds."""

    @property
    def tensors(self) -> int:
        """How many tensors there are."""

    @property
    def elements(self) -> int:
        """How many elements they have together."""

    @property
    def bytes(self) -> int:
        """How many bytes these take."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Totals: ...

@final
class Entry:
    """An entry of a format's metadata."""

    @property
    def key(self) -> str:
        """Its key."""

    @property
    def value(self) -> str:
        """Its value; cut behind 10,000 characters."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Entry: ...

@final
class InspectedTensor:
    """A tensor, or an array."""

    @property
    def name(self) -> str:
        """The keys, attributes and indices that lead to it, with dots between."""

    @property
    def member(self) -> tuple[str, ...]:
        """The members that lead to the content that describes it."""

    @property
    def dtype(self) -> str:
        """The type of its elements, as the format or the library names it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each dimension."""

    @property
    def elements(self) -> int | None:
        """How many elements it has; `None` where that is no number of 64 bits."""

    @property
    def bytes(self) -> int | None:
        """How many bytes they take; `None` where that cannot be told."""

    @property
    def storage(self) -> str | None:
        """The storage of PyTorch that they lie in; tensors may share one."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> InspectedTensor: ...

@final
class SafetensorsHeader:
    """The header of a safetensors file."""

    @property
    def metadata(self) -> dict[str, str] | None:
        """`__metadata__`; `None` where there is none."""

    @property
    def tensors(self) -> tuple[SafetensorsTensor, ...]:
        """The tensors, in the order of their bytes."""

    @property
    def data_start(self) -> int:
        """Where the elements begin, in bytes from the start of the file."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> SafetensorsHeader: ...

@final
class SafetensorsTensor:
    """A tensor of a safetensors file."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def dtype(self) -> str:
        """The type of its elements, such as `BF16`."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each dimension."""

    @property
    def data_offsets(self) -> tuple[int, int]:
        """Where its elements begin and end, in bytes from `data_start`."""

    @property
    def offset(self) -> int:
        """Where its elements begin, in bytes from the start of the file."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> SafetensorsTensor: ...

@final
class Converted:
    """What was converted, and what was left behind."""

    @property
    def schema_version(self) -> int:
        """The version of this shape."""

    @property
    def source(self) -> str:
        """The source."""

    @property
    def formats(self) -> tuple[str, ...]:
        """What it is read as, the outermost first."""

    @property
    def dry_run(self) -> bool:
        """Whether nothing was written."""

    @property
    def files(self) -> tuple[ConvertedFile, ...]:
        """The files, in the order of their names; those that would be written, on a dry run."""

    @property
    def index(self) -> str | None:
        """The index, where there are several files."""

    @property
    def tensors(self) -> tuple[ConvertedTensor, ...]:
        """The tensors, in the order in which they lie in the files."""

    @property
    def aliases(self) -> tuple[Alias, ...]:
        """Names that the metadata tell and no file has."""

    @property
    def refused(self) -> tuple[Refused, ...]:
        """What was left out because no file of plain tensors holds it."""

    @property
    def elsewhere(self) -> int:
        """How many tensors were left out because they are not under the key."""

    @property
    def has_values(self) -> bool:
        """Whether the source holds plain values as well, which are in no file of tensors."""

    @property
    def extras(self) -> str | None:
        """The file that they were written to."""

    @property
    def verdict(self) -> _Verdict:
        """What to think of loading the source as it was."""

    @property
    def code(self) -> tuple[Global, ...]:
        """The globals in the source that are not known to be harmless, the worst first. Nothing of them was
        run, and nothing of them is in the files."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Converted: ...

@final
class ConvertedFile:
    """A file that was written."""

    @property
    def path(self) -> str:
        """Where it is."""

    @property
    def size(self) -> int:
        """Its length in bytes."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> ConvertedFile: ...

@final
class ConvertedTensor:
    """A tensor that was written."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def source(self) -> str:
        """The name that it has in the source."""

    @property
    def dtype(self) -> str:
        """The type of its elements, as it was written and as PyTorch has it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each dimension."""

    @property
    def bytes(self) -> int:
        """How many bytes it takes."""

    @property
    def file(self) -> int:
        """Which of the files it is in, from 0."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> ConvertedTensor: ...

@final
class Alias:
    """A name that is in no file, for its tensor is there under another one."""

    @property
    def name(self) -> str:
        """The name."""

    @property
    def kept(self) -> str:
        """The name that the tensor has in the files."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Alias: ...

@final
class Refused:
    """What would be a tensor, and is not given as one."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def why(self) -> str:
        """Why."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Refused: ...

@final
class Difference:
    """What two models have in common, and in what they differ."""

    @property
    def schema_version(self) -> int:
        """The version of this shape."""

    @property
    def identical(self) -> bool:
        """Whether both hold the same tensors."""

    @property
    def same(self) -> int:
        """How many tensors are the same: name, type, shape and every bit."""

    @property
    def only_first(self) -> tuple[str, ...]:
        """The names of tensors that only the first has, in order."""

    @property
    def only_second(self) -> tuple[str, ...]:
        """The names of tensors that only the second has, in order."""

    @property
    def changed(self) -> tuple[ChangedTensor, ...]:
        """Tensors that both have, and that are not the same; in the order of their names."""

    @property
    def unread(self) -> tuple[str, ...]:
        """What one of them gives no elements of, so that it cannot be compared: names, in order."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Difference: ...

@final
class ChangedTensor:
    """A tensor that two models hold in different ways."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def dtypes(self) -> tuple[str, str]:
        """The types of its elements: in the first, in the second."""

    @property
    def shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Its shapes: in the first, in the second."""

    @property
    def elements(self) -> int | None:
        """How many elements differ, where types and shapes are the same."""

    @property
    def first(self) -> int | None:
        """The first of them, in the order of the indices."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> ChangedTensor: ...

@final
class TensorInfo:
    """A tensor, as `Tensors.info` tells of it."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def dtype(self) -> str:
        """The type of its elements, as PyTorch has it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each dimension."""

    @property
    def strides(self) -> tuple[int, ...]:
        """How far apart two elements that follow each other in a dimension are, in elements."""

    @property
    def bytes(self) -> int:
        """How many bytes its elements take, one behind the other."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> TensorInfo: ...

@final
class TensorBuffer:
    """Bytes of a checkpoint: what `memoryview`, `numpy` and `torch` look at without a copy."""

    def __len__(self) -> int: ...
    if sys.version_info >= (3, 12):
        def __buffer__(self, flags: int, /) -> memoryview: ...

@final
class Checkpoint:
    """A checkpoint that is open."""

    def names(self) -> list[str]:
        """The names of the tensors, and those that the metadata say are other names of them."""

    def info(self, name: str) -> TensorInfo:
        """What is known of a tensor."""

    def numpy(self, name: str) -> str | None:
        """The code that NumPy has for the type of a tensor's elements, if it has one."""

    def span(self, name: str) -> TensorBuffer:
        """The bytes from a tensor's first element to its last: in place if they lie there as they are, else a copy."""

    def place(self, name: str) -> tuple[int, int]:
        """The number of the storage that a tensor lies in, and where, in bytes."""

    def storage(self, number: int) -> TensorBuffer:
        """The storage of that number: in place if it lies there as it is and begins where elements of any type may begin, else
        a copy."""

    def raw(self, name: str) -> TensorBuffer:
        """The elements of a tensor in the order of its indices: in place where they lie so."""

    @property
    def extras(self) -> str | None:
        """What is no tensor, as JSON."""

    @property
    def metadata(self) -> list[tuple[str, str]]:
        """The metadata of safetensors."""

    @property
    def refused(self) -> list[tuple[str, str]]:
        """What would be tensors, and is not given, each with the reason."""

    @property
    def formats(self) -> list[str]:
        """What the file is read as."""

    def close(self) -> None:
        """Lets the file go; what was made of it keeps it."""

    @property
    def closed(self) -> bool:
        """Whether it was closed."""

@final
class Inventory:
    """Which models, datasets and AI services source trees use, and what speaks against that. Frozen and hashable; can be pickled."""

    @property
    def schema_version(self) -> int:
        """The version of this shape."""

    @property
    def tool(self) -> Tool:
        """What made it."""

    @property
    def repositories(self) -> tuple[str, ...]:
        """The trees, as their paths were given."""

    @property
    def applications(self) -> tuple[Application, ...]:
        """The applications, by tree and folder."""

    @property
    def references(self) -> tuple[Reference, ...]:
        """What is loaded or called, by tree, file and place."""

    @property
    def models(self) -> tuple[ModelOnDisk, ...]:
        """The models that lie on the disk, by tree and path; those of the user's caches come last."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What speaks against that."""

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be read."""

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Folders of dependencies, caches and version control, which were not read."""

    @property
    def files(self) -> int:
        """How many files were listed."""

    def to_dict(self) -> dict[str, Any]:
        """The inventory as a dict: what `json.loads` makes of `to_json()`."""

    def to_json(self) -> str:
        """The inventory as one line of JSON: the bytes that the command line writes, without the line end."""

    def to_cyclonedx(self, spec: Literal["1.6", "1.7"] = "1.6") -> str:
        """The inventory as a bill of materials: CycloneDX in JSON, with the line end, as the command line writes it."""

    def to_sarif(self) -> str:
        """The findings as a log in SARIF 2.1.0, as the command line writes it."""

    def to_html(self) -> str:
        """The inventory as a page in HTML that needs nothing besides, as the command line writes it."""

    @staticmethod
    def from_json(text: str | bytes) -> Inventory:
        """The inventory that `to_json()` or `weighbridge inventory --format json` wrote, in this version of its shape.

        Raises `OptionError`, with the place, where the text is anything else.
        """

    @staticmethod
    def merge(inventories: Iterable[Inventory]) -> Inventory:
        """Several inventories as one, in the order of the names of their trees; equal ones count once.

        Raises `OptionError` where two that differ hold a tree of the same name: see `named`.
        """

    def named(self, name: str) -> Inventory:
        """The same inventory under another name for its tree; where it has several, the name is put before theirs, with a
        colon.
        """

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Application:
    """What references belong to: the folder of the nearest manifest, or one that the caller names."""

    @property
    def repository(self) -> str:
        """The tree that it is in."""

    @property
    def path(self) -> str:
        """Its folder, from the top of the tree; `.` for the top."""

    @property
    def name(self) -> str:
        """The last part of that."""

    @property
    def manifest(self) -> str | None:
        """Its manifest."""

    @property
    def owner(self) -> str | None:
        """Who answers for it, as the caller says."""

    @property
    def criticality(self) -> str | None:
        """How much depends on it, as the caller says."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Application: ...

@final
class Reference:
    """One place that uses a model, a dataset or a service."""

    @property
    def repository(self) -> str:
        """The tree that it is in."""

    @property
    def application(self) -> str | None:
        """The folder of its application."""

    @property
    def hub(self) -> _Hub | None:
        """Where it is fetched from; `None` where a service is called."""

    @property
    def service(self) -> _Service | None:
        """What is called over the network; `None` where something is fetched."""

    @property
    def kind(self) -> _ReferenceKind:
        """`model`, `dataset`, `adapter`, `tokenizer`, `space`, `service` or `mcp-server`."""

    @property
    def id(self) -> str | None:
        """Without its revision; `None` where only running would tell."""

    @property
    def revision(self) -> Revision:
        """Its revision, and how far that pins it."""

    @property
    def call(self) -> str:
        """What is called, as it stands there."""

    @property
    def resolution(self) -> _Resolution:
        """How the id was found out, such as `literal` or `constant`."""

    @property
    def flags(self) -> Flags:
        """What is given along with the id."""

    @property
    def confidence(self) -> _Confidence:
        """`low`, `medium` or `high`."""

    @property
    def purpose(self) -> _Purpose | None:
        """What it is used for, where that is known."""

    @property
    def scope(self) -> _Scope:
        """`production`, `test`, `example` or `ci`."""

    @property
    def location(self) -> Location:
        """Where the id stands."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Reference: ...

@final
class Revision:
    """A revision, and how far it pins."""

    @property
    def text(self) -> str | None:
        """As it is given."""

    @property
    def pin(self) -> _Pin:
        """`commit`, `short-commit`, `tag`, `branch`, `pull-request`, `dynamic` or `none`."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Revision: ...

@final
class Flags:
    """What is given along with an id: `True`, `False`, `"dynamic"` where only running would tell, or `None` where it is
    not given."""

    @property
    def trust_remote_code(self) -> _Switch:
        """Whether code from the hub is run."""

    @property
    def code_revision(self) -> Revision | None:
        """The revision of that code."""

    @property
    def use_safetensors(self) -> _Switch:
        """Whether only safetensors are loaded."""

    @property
    def weights_only(self) -> _Switch:
        """Whether PyTorch's restricted unpickler is used."""

    @property
    def allow_pickle(self) -> _Switch:
        """Whether NumPy loads pickles."""

    @property
    def local_files_only(self) -> _Switch:
        """Whether nothing is fetched."""

    @property
    def trust_repo(self) -> _Switch:
        """Whether code of a repository for `torch.hub` is trusted."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Flags: ...

@final
class ModelOnDisk:
    """A model on the disk: one revision of a repository in a cache, or a file."""

    @property
    def repository(self) -> str | None:
        """The tree that it is in; `None` for a cache of the user."""

    @property
    def path(self) -> str:
        """From the top of the tree with `/` between, or the whole path."""

    @property
    def store(self) -> _Store:
        """What kind of place it lies in, such as `huggingface-cache` or `file`."""

    @property
    def hub(self) -> _Hub | None:
        """Where it was fetched from."""

    @property
    def kind(self) -> _ReferenceKind:
        """As for references."""

    @property
    def id(self) -> str | None:
        """`None` where the store does not tell."""

    @property
    def revision(self) -> str | None:
        """The commit, the tag or the version; `None` where the store does not tell."""

    @property
    def refs(self) -> tuple[str, ...]:
        """The names that point to this revision."""

    @property
    def absent(self) -> tuple[str, ...]:
        """Files that the hub is known not to have at this revision."""

    @property
    def files(self) -> tuple[ModelFile, ...]:
        """Its files."""

    @property
    def licenses(self) -> tuple[str, ...]:
        """By the card, in the hub's words."""

    @property
    def base_models(self) -> tuple[str, ...]:
        """What it is made from, by the card or the configuration of the adapter."""

    @property
    def datasets(self) -> tuple[str, ...]:
        """What it was trained with, by the card."""

    @property
    def used_by(self) -> tuple[Use, ...]:
        """The references that it serves."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> ModelOnDisk: ...

@final
class ModelFile:
    """A file of a model."""

    @property
    def path(self) -> str:
        """From the path of the model; empty where the model is this file."""

    @property
    def bytes(self) -> int | None:
        """Its length."""

    @property
    def sha256(self) -> str | None:
        """Where its content was read."""

    @property
    def format(self) -> str | None:
        """What it is read as, where it is a model file."""

    @property
    def verdict(self) -> _Verdict | None:
        """What the scan says, where it is a model file that was scanned."""

    @property
    def integrity(self) -> Integrity:
        """Whether it is what its store says."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> ModelFile: ...

@final
class Integrity:
    """Whether a file is what its store says that it is."""

    @property
    def state(self) -> Literal["intact", "changed", "not-checked", "missing"]:
        """`intact`, `changed`, `not-checked` or `missing`."""

    @property
    def expected(self) -> str | None:
        """The hash by the store, where it was changed or is missing."""

    @property
    def found(self) -> str | None:
        """The hash of the content, where it was changed."""

    @property
    def reason(self) -> str | None:
        """Why it was not checked."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Integrity: ...

@final
class Use:
    """The place of a reference: that of its location."""

    @property
    def repository(self) -> str:
        """The tree that it is in."""

    @property
    def file(self) -> str:
        """The file, from the top of that."""

    @property
    def line(self) -> int:
        """The line, from 1."""

    @property
    def column(self) -> int:
        """The column, from 1."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a dict, with the keys of its JSON."""

    def to_json(self) -> str:
        """The record as one line of JSON."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _from_json(json: str) -> Use: ...

@final
class CancelToken:
    """Ends scans from another thread. One token may serve many scans."""

    def __new__(cls) -> Self: ...
    def _child(self) -> CancelToken:
        """Another token, that is cancelled where this one is. Cancelling it leaves this one as it is."""

    def cancel(self) -> None:
        """Ends every scan that goes by this token, within some milliseconds. Cannot be taken back."""

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled."""

@final
class Scanner:
    """Scans files with the same options; serves any number of threads, and can be pickled for other processes.

    `allow` holds globals that the user vouches for (`"module.name"` or `"module.name:import,call"`), perhaps with reasons, `ignore` rules whose
    findings are left out (codes or names); neither can hide what makes a file malicious. `deep` reads what no loader
    interprets too, `hash` fills `sha256`. The `max_*` bound what a file may cost (bytes or counts); see docs/api/python.md.
    """

    def __new__(cls, **options: Unpack[_Options]) -> Self: ...
    def scan(
        self,
        obj: _Scannable,
        /,
        *,
        name: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> Report:
        """Scans a path, bytes, a buffer or a binary file object. See `weighbridge.scan`."""

    def scan_many(
        self,
        paths: Iterable[_Path],
        /,
        *,
        workers: int | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> ScanMany:
        """Scans many files: an iterator of reports, in the order of the paths. See `weighbridge.scan_many`."""

    def trace(
        self,
        obj: _Scannable,
        /,
        *,
        name: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
    ) -> tuple[TraceRecord, ...]:
        """What loading a file would do. See `weighbridge.trace`."""

    def disassemble(
        self,
        obj: _Scannable,
        /,
        *,
        name: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
    ) -> str:
        """The instructions of every pickle in a file, as text. See `weighbridge.disassemble`."""

    def decompile(
        self,
        obj: _Scannable,
        /,
        *,
        full: bool | None = None,
        name: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
    ) -> str:
        """A text that reads like Python. See `weighbridge.decompile`."""

    def globals_in(
        self,
        obj: _Scannable,
        /,
        *,
        name: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
    ) -> tuple[Global, ...]:
        """The globals that loading a file would import. See `weighbridge.globals_in`."""

    def inspect(
        self,
        obj: _Scannable,
        /,
        *,
        name: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
    ) -> Inspection:
        """What a model holds. See `weighbridge.inspect`."""

@final
class ScanMany:
    """The reports on many files, in the order of their paths.

    A file that cannot be opened gets a report, too: its verdict is `unknown`, with a gap that says why.
    """

    def __iter__(self) -> Self: ...
    def __next__(self) -> Report: ...
    def close(self) -> None:
        """Ends the scans that are under way; there are no more reports then."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_args: object) -> None: ...

def scan(obj: _Scannable, /, **options: Unpack[_ScanOptions]) -> Report:
    """Scans a path, bytes, a buffer or a binary file object.

    A file object is read from its position to its end, and gets its position back; one that cannot be sought is read
    into memory, up to `max_spool_bytes`. Exact `bytes` are read in place, other buffers are copied piece by piece. The
    interpreter is free meanwhile.

    `name`, a str or a path, is for messages only. `timeout` is in seconds. `progress` is called with the bytes that were reached and the
    length, about once a megabyte. The other options are those of `Scanner`.

    Raises `OSError` or one of its kin where a path cannot be opened or a file object raises it, `OptionError` and
    `TypeError` where an option is wrong, `ScanCancelled` and `ScanTimeout` with the partial report. Whatever is wrong with
    the content is part of the report.
    """

def scan_many(
    paths: Iterable[_Path],
    /,
    *,
    workers: int | None = None,
    **options: Unpack[_ManyOptions],
) -> ScanMany:
    """Scans many files in `workers` threads (as many as there are cores): an iterator of reports, in the order of the paths.

    `paths` is drawn on as reports are taken, a few paths ahead. `progress` is called with the number of reports given.
    `timeout` is for each file, in seconds; where one takes longer, the iterator raises `ScanTimeout` and is over, and it
    raises `Cancelled` once the token is cancelled.
    """

def inventory(
    paths: _Path | Iterable[_Path], /, **options: Unpack[_InventoryOptions]
) -> Inventory:
    """Tells which models, datasets and AI services source trees use: folders of source code, or single files.

    Code, notebooks, configurations and commands are read; nothing in them is executed, and no connection is opened. The
    result depends on the files, the options and the version alone. The interpreter is free meanwhile.

    `include` and `exclude` are patterns as `.gitignore` has them. `applications` names applications that manifests do not
    tell (`{"path": "services/search", "owner": "search team", "criticality": "high"}`), and `config` is a
    `weighbridge.toml` with the same as `[[application]]`; none is looked for. `threads` read (as many as there are cores).
    Model files, and caches of hubs and tools that lie in the trees, are listed as models, and read: their files are compared
    with the hashes that the caches keep, and scanned, unless `scan` is false. `caches` reads those of the user as well,
    where the environment says that they are; then there may be no paths. `timeout` is in seconds. `progress` is called with
    the number of source files that were read, and of all.

    Raises `OSError` or one of its kin where a path is not there, `OptionError` and `TypeError` where an option is wrong,
    `InventoryCancelled` and `InventoryTimeout` with what was found. What cannot be read is a gap.
    """

def convert(
    source: str | os.PathLike[str],
    /,
    out: str | os.PathLike[str] | None = None,
    **options: Unpack[_ConvertOptions],
) -> Converted:
    """Converts a checkpoint to safetensors, without executing it: a file, an index of shards, or the directory of a model.

    Without `out`, the file gets the name of the source, with `.safetensors` in place of its ending. It is written under
    another name, synced, read back and compared, and only then given its own: there is never half a file. Code that the
    source carries is never run and stays behind; `Converted.code` and `Converted.verdict` tell of it.

    `key` takes only the tensors under this key, and leaves it out of their names. `metadata` are entries of `__metadata__`.
    `shard_size` (a number of bytes, or `"5GB"`) spreads the tensors over files, with an index. `dtype` makes floats of this
    type. `tied` says what becomes of a tensor that has several names: it is written once, with the other names in the
    metadata (`"alias"`), or under each of them (`"duplicate"`). `skip` leaves out what safetensors cannot hold. `force`
    replaces files that are there. `dry_run` checks everything and writes nothing. `extras` is where what is no tensor is
    written to, as JSON. `progress` is called with the bytes that were written and compared, and how many there are.

    Raises `ConvertError` where tensors stand in the way (`refused`), or where no loader of tensors would take the source;
    `FileExistsError` where a file is there; `OSError` and its kin where files cannot be read or written; `OptionError` and
    `TypeError` where an option is wrong; `Cancelled`. There is no new file then.
    """

def diff(
    first: _Model,
    second: _Model,
    /,
    *,
    progress: Callable[[int, int], object] | None = None,
    cancel: CancelToken | None = None,
    **options: Unpack[_Limits],
) -> Difference:
    """Compares the tensors of two models by their names: types, shapes and every bit, whatever holds them.

    A name that the metadata of one give to another tensor stands for that. Raises `OSError` and its kin, `CheckpointError`
    and `Cancelled`.
    """

def open_checkpoint(
    source: _Model,
    /,
    *,
    mapped: bool,
    private: bool,
    cancel: CancelToken | None = None,
    **options: Unpack[_Limits],
) -> Checkpoint:
    """Opens a path or a copy of bytes; exact `bytes` are borrowed unless `private` asks for memory that may be written to.
    `cancel` ends it from another thread.
    """

def trace(obj: _Scannable, /, **options: Unpack[_ViewOptions]) -> tuple[TraceRecord, ...]:
    """What loading a file would do, one record for each thing, in the order of execution."""

def disassemble(obj: _Scannable, /, **options: Unpack[_ViewOptions]) -> str:
    """The instructions of every pickle in a file, as text."""

def decompile(obj: _Scannable, /, *, full: bool | None = None, **options: Unpack[_ViewOptions]) -> str:
    """A text that reads like Python and does what loading every pickle of a file would do. `full` shows long values whole."""

def globals_in(obj: _Scannable, /, **options: Unpack[_ViewOptions]) -> tuple[Global, ...]:
    """The globals that loading a file would import, the worst first, each with what is known of it."""

def inspect(obj: _Scannable, /, **options: Unpack[_ViewOptions]) -> Inspection:
    """What a model holds: its tensors, their types, shapes and sizes, and who wrote it."""

def safetensors_header(obj: _Scannable, /, **options: Unpack[_ViewOptions]) -> SafetensorsHeader:
    """The header of a safetensors file, of which no more than the header is read.

    Raises `HeaderError` where the reference library would not load the file.
    """

def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the codes."""

def run(args: list[str]) -> int:
    """The command line, with the process's own streams; gives the exit status. The first argument is the program's name."""
