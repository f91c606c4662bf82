"""Reports and their parts: frozen, comparable, shared, and safe to show."""

import copy
import json
import pickle

import pytest
import weighbridge
from conftest import GOLDEN, HARMFUL, PLAIN, TENSORS


@pytest.fixture(scope="module")
def report():
    return weighbridge.scan(HARMFUL, name="harmful.pkl", ignore=["PKL104"], allow={"ours.nets.Head": "our own"})


def parts(report):
    yield report
    yield report.tool
    yield report.coverage
    yield from report.findings
    yield report.findings[0].location
    yield from report.members
    yield from report.globals
    yield from report.allowed
    yield from report.ignored
    yield from weighbridge.scan(HARMFUL[:9]).coverage.gaps
    yield from weighbridge.trace(HARMFUL)
    yield from weighbridge.rules()[:2]
    header = weighbridge.safetensors_header(TENSORS)
    yield header
    yield from header.tensors
    inspection = weighbridge.inspect(TENSORS)
    yield inspection
    yield inspection.totals
    yield from inspection.metadata
    yield from inspection.tensors


def test_parts_are_equal_to_their_copies(report):
    seen = set()
    for part in parts(report):
        seen.add(type(part).__name__)
        for other in (pickle.loads(pickle.dumps(part)), copy.copy(part), copy.deepcopy(part)):
            assert other == part and hash(other) == hash(part) and repr(other) == repr(part)
            assert other.to_json() == part.to_json()
        assert part != 5 and part != part.to_dict()
        assert json.loads(part.to_json()) == part.to_dict()
    assert seen == {
        "Report", "Tool", "Coverage", "Finding", "Location", "Member", "Global", "Allowed", "Ignored", "Gap", "TraceRecord", "Rule",
        "SafetensorsHeader", "SafetensorsTensor", "Inspection", "Totals", "Entry", "InspectedTensor",
    }  # fmt: skip


def test_what_was_pickled_is_the_whole_report(report):
    other = pickle.loads(pickle.dumps(report))
    assert other.to_sarif() == report.to_sarif()
    assert other._repr_html_() == report._repr_html_()
    assert other.findings == report.findings
    for json in ("{", "5", "[]", "null", "[" * 1000):
        with pytest.raises(ValueError):
            weighbridge.Report._from_pickle(json, "", "")
        with pytest.raises(ValueError):
            weighbridge.Finding._from_json(json)


def test_parts_are_frozen(report):
    for part in parts(report):
        with pytest.raises(AttributeError):
            part.verdict = "clean"
        with pytest.raises(TypeError):
            type(part)()
        assert type(part).__module__ == "weighbridge"


def test_attributes_are_what_the_json_says(report):
    told = json.loads(report.to_json())
    for name, value in told.items():
        attribute = getattr(report, name)
        if isinstance(value, list):
            assert isinstance(attribute, tuple) and len(attribute) == len(value)
        elif not isinstance(value, dict):
            assert attribute == value
    for part in parts(report):
        for name in part.to_dict():
            if not isinstance(part, weighbridge.TraceRecord) or not name.endswith(("_hex", "_shape")):
                getattr(part, name + "_" if name == "class" else name)


def test_reprs_tell_the_most(report):
    assert repr(report) == "Report(path='harmful.pkl', verdict='malicious', findings=1, complete=True)"
    assert repr(report.findings[0]).startswith("Finding(rule='PKL101', slug='dangerous-call', severity='critical', message=")
    assert repr(report.coverage) == f"Coverage(complete=True, examined_bytes={len(HARMFUL)}, opaque_bytes=0)"
    assert repr(report.globals[0]) == "Global(resolved='os.system', class='dangerous', count=1)"


def test_large_numbers_are_whole():
    record = weighbridge.Location._from_json('{"kind": "bytes", "offset": "9007199254740993", "len": 7}')
    assert (record.offset, record.len, record.stream, record.pointer) == (9007199254740993, 7, None, None)


def test_html_shows_nothing_of_the_file_as_markup():
    name = "<script>alert(1)</script>\u202e\x1b[31m.pkl"
    html = weighbridge.scan(HARMFUL, name=name)._repr_html_()
    assert "<script" not in html and "\x1b" not in html and "\u202e" not in html
    assert "&lt;script&gt;" in html and "malicious" in html
    hostile = (GOLDEN / "inputs").glob("*.pkl")
    for path in hostile:
        html = weighbridge.scan(path)._repr_html_()
        assert html.startswith('<div class="weighbridge-report">') and html.endswith("</div>")
        assert all(character.isprintable() for character in html)


def test_is_clean_is_the_verdict():
    assert weighbridge.scan(PLAIN).is_clean is True
    assert weighbridge.scan(b"").is_clean is False
