"""Which models source trees use: the same as everywhere, with everything that Python wants of it."""

import asyncio
import copy
import json
import pathlib
import pickle
import signal
import subprocess
import sys
import threading
import time

import pytest
import weighbridge
from conftest import HARMFUL, PLAIN, ROOT

CORPUS = ROOT / "crates" / "inventory" / "tests" / "corpus"
LOAD = 'from transformers import AutoModel\nAutoModel.from_pretrained("acme/base", trust_remote_code=True, code_revision="main")\n'


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "shop"
    (folder / "search").mkdir(parents=True)
    (folder / "search" / "load.py").write_text(LOAD)
    (folder / "chat.mjs").write_text("import { ChatOpenAI } from '@langchain/openai'\nnew ChatOpenAI({ model: 'gpt-4o' })\n")
    (folder / "node_modules").mkdir()
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A tree that takes seconds."""
    folder = tmp_path_factory.mktemp("large")
    text = LOAD + "x = [1, 2, f(3)]\n" * 2_000
    for number in range(3_000):
        (folder / f"load{number}.py").write_text(text)
    return folder


def command(*arguments, **how):
    program = pathlib.Path(sys.executable).with_name("weighbridge")
    return subprocess.run([str(program), *map(str, arguments)], capture_output=True, check=True, **how).stdout


def test_the_corpus_is_told_as_the_command_line_tells_it():
    trees = sorted(path for path in CORPUS.iterdir() if path.is_dir())
    whole = weighbridge.inventory(trees)
    assert command("inventory", "--fail-on", "never", "--format", "json", *trees).decode() == whole.to_json() + "\n"
    for spec in ("1.6", "1.7"):
        assert command("bom", "--spec", spec, *trees).decode() == whole.to_cyclonedx(spec)
    assert whole.to_cyclonedx() == whole.to_cyclonedx("1.6") != whole.to_cyclonedx("1.7")
    # The parsers are there: what is followed through names, in both languages.
    followed = {pathlib.Path(one.location.file).suffix for one in whole.references if one.resolution == "constant"}
    assert {".py", ".ts"} <= followed
    assert whole == weighbridge.inventory(trees, threads=1)


def test_what_an_inventory_tells(shop):
    whole = weighbridge.inventory(shop)
    assert repr(whole) == f"Inventory(repositories=[{str(shop)!r}], references=2, models=0, findings={len(whole.findings)}, gaps=0, files=2)"
    assert json.loads(whole.to_json()) == whole.to_dict() and list(whole.to_dict())[:2] == ["schema_version", "tool"]
    assert (whole.schema_version, whole.tool.version, whole.files) == (1, weighbridge.__version__, 2)
    assert (whole.repositories, whole.passed_over, whole.gaps) == ((str(shop),), ("node_modules",), ())
    service, model = whole.references
    assert (service.hub, service.service, service.kind, service.id) == (None, "openai", "service", "gpt-4o")
    assert (model.hub, model.service, model.application, model.confidence) == ("huggingface", None, ".", "high")
    assert (model.resolution, model.scope, model.purpose) == ("literal", "production", None)
    assert (model.revision.text, model.revision.pin) == (None, "none")
    assert (model.flags.trust_remote_code, model.flags.weights_only) == (True, None)
    assert (model.flags.code_revision.text, service.flags.code_revision) == ("main", None)
    place = model.location
    assert (place.kind, place.file, place.line, place.column) == ("text", "search/load.py", 2, 28)
    assert (place.end_line, place.end_column, place.offset) == (2, 37, None)
    assert "SRC103" in {finding.rule for finding in whole.findings}
    assert [one.path for one in whole.applications] == ["."]


def test_models_on_the_disk(shop, tmp_path, monkeypatch):
    (shop / "net.pt").write_bytes(HARMFUL)
    (model,) = weighbridge.inventory(shop).models
    assert (model.repository, model.path, model.store, model.id, model.used_by) == (str(shop), "net.pt", "file", None, ())
    (file,) = model.files
    assert (file.path, file.bytes, file.format, file.verdict, file.integrity.state) == ("", len(HARMFUL), "pickle", "malicious", "not-checked")
    assert pickle.loads(pickle.dumps(model)) == model and len(file.sha256) == 64
    assert weighbridge.inventory(shop, scan=False).models[0].files[0].verdict is None
    assert weighbridge.inventory(shop, max_model_bytes=1).models[0].files[0].sha256 is None
    # The caches of the user are where the environment says; there may be nothing else to read.
    commit = "0" * 40
    snapshot = tmp_path / "hub" / "models--acme--base" / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (snapshot / "net.pkl").write_bytes(PLAIN)
    for variable in ("HOME", "HF_HOME", "TORCH_HOME", "OLLAMA_MODELS", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "nothing"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    cached = weighbridge.inventory([], caches=True)
    assert [(one.repository, one.store, one.id, one.revision) for one in cached.models] == [(None, "huggingface-cache", "acme/base", commit)]
    whole = weighbridge.inventory(shop, caches=True, scan=None)
    assert [one.file for one in whole.models[-1].used_by] == ["search/load.py"]


def test_every_form_is_that_of_the_command(shop, tmp_path):
    one = weighbridge.inventory(shop)
    other = tmp_path / "other"
    other.mkdir()
    (other / "app.py").write_text("from transformers import AutoModel\nAutoModel.from_pretrained('owner/name')\n")
    for form, text in (("sarif", one.to_sarif()), ("html", one.to_html())):
        assert command("inventory", "--fail-on", "never", "--format", form, shop).decode() == text
    again = weighbridge.Inventory.from_json(one.to_json())
    assert again == one == weighbridge.Inventory.from_json(command("inventory", "--fail-on", "never", "--format", "json", shop))
    assert (again.to_sarif(), again.to_html(), again.to_cyclonedx()) == (one.to_sarif(), one.to_html(), one.to_cyclonedx())
    second = weighbridge.inventory(other).named("second")
    assert second.repositories == ("second",)
    both = weighbridge.Inventory.merge([second, one.named("first"), second])
    assert both.repositories == ("first", "second")
    assert len(both.references) == len(one.references) + 1
    assert weighbridge.Inventory.merge([]).references == ()


def test_what_is_no_inventory_is_told(shop):
    for text, words in (
        ("", "text: this is no inventory: line 1, column 1: an object is expected"),
        (b"\xff", "text: this is no inventory: line 1, column 1: an object is expected"),
        ('{"schema_version": 99}', "text: this is no inventory: schema_version: this is version 99; version 1 is read"),
    ):
        with pytest.raises(weighbridge.OptionError) as caught:
            weighbridge.Inventory.from_json(text)
        assert str(caught.value) == words
    one = weighbridge.inventory(shop).named("a")
    changed = weighbridge.inventory(shop, include=["*.toml"]).named("a")
    with pytest.raises(weighbridge.OptionError) as caught:
        weighbridge.Inventory.merge([one, changed])
    assert str(caught.value) == "inventories: a: two of the inventories hold a tree of this name"
    for wrong in (None, 1, [one]):
        with pytest.raises(TypeError):
            weighbridge.Inventory.from_json(wrong)
    for wrong in (None, one, [1]):
        with pytest.raises(TypeError):
            weighbridge.Inventory.merge(wrong)


def test_it_is_frozen_and_can_be_compared_and_pickled(shop):
    one, other = weighbridge.inventory(shop), weighbridge.inventory([shop])
    assert one == other and hash(one) == hash(other) and one != weighbridge.inventory(shop / "search") and one != 5
    again = pickle.loads(pickle.dumps(one))
    assert again == one and again.to_json() == one.to_json() and again.references == one.references
    assert [again.to_cyclonedx(spec) for spec in ("1.6", "1.7")] == [one.to_cyclonedx(spec) for spec in ("1.6", "1.7")]
    assert pickle.dumps(again) == pickle.dumps(one) and copy.deepcopy(one) == one
    for part in (one.references[0], one.references[0].flags, one.references[0].revision, one.applications[0]):
        assert pickle.loads(pickle.dumps(part)) == part and hash(part) == hash(copy.copy(part))
    with pytest.raises(AttributeError):
        one.files = 3


def test_options_reach_the_library(shop, tmp_path):
    def ids(**options):
        return [reference.id for reference in weighbridge.inventory(shop, **options).references]

    assert ids(include=["*.py"]) == ids(exclude="*.mjs") == ["acme/base"]
    assert ids(include=None, exclude=(), threads=2) == ["gpt-4o", "acme/base"]
    config = tmp_path / "own.toml"
    config.write_text('[[application]]\npath = "search"\nowner = "us"\n')
    named = weighbridge.inventory(shop, config=config)
    assert [(one.path, one.owner) for one in named.applications] == [(".", None), ("search", "us")]
    assert named.references[1].application == "search"
    over = weighbridge.inventory(shop, config=str(config), applications=[{"path": "search", "criticality": "high"}])
    assert [(one.owner, one.criticality) for one in over.applications] == [(None, None), (None, "high")]
    short = weighbridge.inventory(shop, max_file_bytes=100)
    assert [(gap.reason, gap.limit, gap.location.file) for gap in short.gaps] == [("limit-reached", "file_bytes", "search/load.py")]
    assert weighbridge.inventory(shop, max_files=1).gaps[0].limit == "files"
    both = weighbridge.inventory(iter([shop / "search", str(shop / "chat.mjs")]))
    assert [one.location.file for one in both.references] == ["chat.mjs", "load.py"]


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"thread": 1}, TypeError, "there is no option \"thread\"; there are timeout, "),
        ({"max_nesting": 1}, TypeError, "there is no option"),
        ({"threads": 0}, weighbridge.OptionError, "threads: 0 is no number from 1 to 256"),
        ({"threads": True}, weighbridge.OptionError, "threads: True"),
        ({"max_files": -1}, weighbridge.OptionError, "max_files: -1 is no whole number"),
        ({"include": [5]}, weighbridge.OptionError, "include: int is no str"),
        ({"applications": [5]}, weighbridge.OptionError, "applications: a dict is wanted for each"),
        ({"applications": [{"owner": "us"}]}, weighbridge.OptionError, "applications: path is missing"),
        ({"applications": [{"path": "x", "size": "s"}]}, weighbridge.OptionError, 'there is no key "size"'),
        ({"applications": [{"path": 5}]}, weighbridge.OptionError, "the values are str, or None"),
        ({"config": "missing.toml"}, weighbridge.OptionError, "config: missing.toml: it cannot be read"),
        ({"timeout": -1}, weighbridge.OptionError, "timeout: -1"),
        ({"scan": 5}, weighbridge.OptionError, "scan: it is True or False"),
        ({"caches": "yes"}, weighbridge.OptionError, "caches: it is True or False"),
        ({"cancel": 5}, TypeError, "CancelToken"),
    ],
)
def test_options_that_are_wrong(shop, options, kind, words):
    with pytest.raises(kind) as caught:
        weighbridge.inventory(shop, **options)
    assert words in str(caught.value)


def test_paths_that_are_wrong(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        weighbridge.inventory([tmp_path, tmp_path / "nothing"])
    assert caught.value.filename == tmp_path / "nothing"
    for paths in (5, b"path", [5], [b"path"], bytearray()):
        with pytest.raises(TypeError):
            weighbridge.inventory(paths)
    with pytest.raises(weighbridge.OptionError):
        weighbridge.inventory([])
    with pytest.raises(weighbridge.OptionError, match="spec: it is 1.6 or 1.7"):
        weighbridge.inventory(tmp_path).to_cyclonedx("1.5")


def test_what_ends_it_early(shop, large):
    token = weighbridge.CancelToken()
    token.cancel()
    with pytest.raises(weighbridge.InventoryCancelled, match="was cancelled") as caught:
        weighbridge.inventory(shop, cancel=token)
    assert caught.value.inventory.gaps[0].reason == "cancelled"
    assert pickle.loads(pickle.dumps(caught.value)).inventory == caught.value.inventory
    with pytest.raises(weighbridge.InventoryTimeout, match="in time") as caught:
        weighbridge.inventory(large, timeout=0.2)
    assert isinstance(caught.value, weighbridge.TimedOut) and isinstance(caught.value, TimeoutError) and caught.value.inventory.gaps[-1].limit == "deadline"
    token = weighbridge.CancelToken()
    timer = threading.Timer(0.2, token.cancel)
    timer.start()
    with pytest.raises(weighbridge.InventoryCancelled):
        weighbridge.inventory(large, cancel=token)

    def tell(read, total):
        raise KeyError(read, total)

    with pytest.raises(KeyError):
        weighbridge.inventory(large, progress=tell)


def test_progress_is_told(shop):
    told = []
    weighbridge.inventory([shop, shop / "search"], progress=lambda *far: told.append(far))
    assert told == sorted(told) and told[-1] == (3, 3)


def test_an_interrupt_ends_it(large):
    program = f"import sys, weighbridge; print('begun', flush=True); weighbridge.inventory({str(large)!r})"
    running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout.readline() == "begun\n"
    time.sleep(0.3)
    begin = time.monotonic()
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert time.monotonic() - begin < 2
    assert errors.rstrip().endswith("KeyboardInterrupt")


def test_the_interpreter_is_free_meanwhile(large):
    done = threading.Event()
    turns = []

    def turn():
        while not done.is_set():
            turns.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=turn)
    thread.start()
    begin = time.perf_counter()
    with pytest.raises(weighbridge.InventoryTimeout):
        weighbridge.inventory(large, timeout=0.5)
    end = time.perf_counter()
    done.set()
    thread.join()
    assert len([moment for moment in turns if begin <= moment <= end]) > 20


def test_coroutines(shop, large):
    async def both():
        return await asyncio.gather(weighbridge.ainventory(shop), weighbridge.ainventory([shop], include="*.py"))

    whole, part = asyncio.run(both())
    assert (len(whole.references), len(part.references)) == (2, 1)

    async def cancelled():
        task = asyncio.create_task(weighbridge.ainventory(large))
        await asyncio.sleep(0.2)
        begin = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - begin

    assert asyncio.run(cancelled()) < 2
