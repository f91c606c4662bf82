#!/usr/bin/env python3
"""Checks that every label, decoy and finding of this corpus stands where it says. Run it anywhere; it reads only its own directory."""

import collections
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent
KINDS = {"model", "dataset", "adapter", "tokenizer", "space", "service"}
HUBS = {"huggingface", "ollama", "torchhub", "github", "modelscope", "kaggle", "ngc", "timm", "docker", "url"}
SERVICES = {
    "openai", "anthropic", "google", "mistral", "cohere", "bedrock", "azure", "vertex", "openrouter", "litellm", "local", "mcp",
}  # fmt: skip
PINS = {"commit", "tag", "branch", "none"}
FLAGS = {
    "trust_remote_code", "code_revision", "use_safetensors", "weights_only", "allow_pickle", "local_files_only", "trust_repo",
}  # fmt: skip
RESOLUTIONS = {
    "literal", "constant", "class-attribute", "default-argument", "argparse-default", "environment-default", "dict", "f-string",
    "alias", "wrapper", "config-value", "shell-argument",
}  # fmt: skip
WHATS = {
    "unpinned", "mutable-revision", "remote-code-trusted", "code-revision-unpinned", "pickle-loading", "model-confusion",
    "hub-token", "service-key", "pickle-only-format", "vulnerable-loader",
}  # fmt: skip
BROKEN = {".py": 5, ".js": 5, ".ts": 5, ".json": 5, ".yaml": 5}
CALL = re.compile(r"[\w$.]+\(|[a-z-]+ (?:download|pull|--)")

problems: list[str] = []
texts: dict[str, list[str]] = {}


def rows(name):
    return [json.loads(line) for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]


def lines_of(file):
    if file not in texts:
        raw = (ROOT / file).read_bytes().decode("utf-8-sig")
        texts[file] = [line.removesuffix("\r") for line in raw.split("\n")]
    return texts[file]


def expect(holds, row, why):
    if not holds:
        problems.append(f"{row['file']}:{row['line']}: {why}: {row}")


def check_place(label):
    line = lines_of(label["file"])[label["line"] - 1]
    at = line[label["column"] - 1 :]
    if "id_line" not in label:
        expect(at.startswith(label["id"]), label, "the id does not stand there")
        before = line[label.get("start_column", label["column"]) - 1 : label["column"] - 1]
        expect(not re.search(r"[\s\"'`]", before), label, "start_column is not in the same word")
        return
    expect(CALL.match(at), label, "no call starts there")
    expect("start_column" not in label, label, "a call has no start_column")
    literal = lines_of(label.get("id_file", label["file"]))[label["id_line"] - 1]
    known = label["id"] in literal
    if label["resolution"] == "f-string":
        ends = (label["id"][:4], label["id"][-5:], re.split(r"\{", label["id"])[0])
        known = any(end and end in literal for end in ends)
    expect(known, label, "the literal is not on id_line")


def check_fields(label):
    expect(("hub" in label) != ("service" in label), label, "either hub or service")
    expect(label.get("hub", "url") in HUBS and label.get("service", "mcp") in SERVICES, label, "unknown hub or service")
    expect(re.fullmatch(r"[\w.:/@{}-]+", label["id"]), label, "an id has no such characters")
    expect(label["kind"] in KINDS and (label["kind"] == "service") == ("service" in label), label, "kind")
    expect(label["resolution"] in RESOLUTIONS, label, "resolution")
    revision, pins = label["revision"], label["pins"]
    if "service" in label:
        expect(revision is None and pins is None, label, "a service has no revision")
    else:
        expect(pins in PINS and (revision is None) == (pins == "none"), label, "revision and pins disagree")
        expect(bool(re.fullmatch(r"[0-9a-f]{40}", revision or "")) == (pins == "commit"), label, "a commit has 40 hex digits")
    both = "\n".join(lines_of(label["file"]) + lines_of(label.get("id_file", label["file"])))
    expect(revision is None or revision in both, label, "the revision is not in the file")
    for flag in {**label["flags"], **label.get("flags_may", {})}:
        expect(flag in FLAGS, label, "unknown flag")
        expect(flag in both or flag.replace("_", "-") in both, label, "the flag is not in the file")
    expect(label.get("broken", False) == label["file"].startswith("broken/"), label, "broken")


def check_decoys(labels, decoys):
    ids = collections.defaultdict(list)
    for label in labels:
        ids[label["file"], label["line"]].append(label["id"])
    for decoy in decoys:
        expect(decoy["text"] in lines_of(decoy["file"])[decoy["line"] - 1], decoy, "the decoy is not there")
        for known in ids[decoy["file"], decoy["line"]]:
            expect(known not in decoy["text"] and decoy["text"] not in known, decoy, f"cannot be told from {known}")


def main():
    labels, decoys, findings = rows("labels.jsonl"), rows("decoys.jsonl"), rows("findings.jsonl")
    for label in labels:
        check_place(label)
        check_fields(label)
    check_decoys(labels, decoys)
    for finding in findings:
        expect(finding["what"] in WHATS, finding, "unknown finding")
        expect(lines_of(finding["file"])[finding["line"] - 1].strip(), finding, "an empty line")
    seen = collections.Counter(json.dumps(row, sort_keys=True) for row in labels + decoys + findings)
    problems.extend(f"twice: {row}" for row, count in seen.items() if count > 1)
    broken = {label["file"] for label in labels if label.get("broken")}
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "broken").iterdir()}
    problems.extend(f"{file}: broken and without a label" for file in sorted(files - broken))
    kinds = collections.Counter(pathlib.Path(file).suffix for file in broken)
    if kinds != BROKEN:
        problems.append(f"broken files: {dict(kinds)}")
    whole = [label for label in labels if not label.get("broken")]
    if len(whole) < 180 or len(decoys) < 60:
        problems.append(f"too few: {len(whole)} labels, {len(decoys)} decoys")
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"{len(whole)} labels, {len(labels) - len(whole)} in broken files, {len(decoys)} decoys, {len(findings)} findings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
