"""The report is the same in every language: byte for byte what the goldens say."""

import json

import pytest
import weighbridge
from conftest import GOLDEN, cases


def report_of(case, monkeypatch, tmp_path):
    options = case["options"]
    keywords = dict(
        allow={text: "our own" for text in options["allow"]},
        ignore=options["ignore"],
        hash=options["hash"],
        **options["limits"],
    )
    if case["input"] is None:
        monkeypatch.chdir(tmp_path)
        (report,) = weighbridge.scan_many([case["path"]], **keywords)
        return report
    return weighbridge.scan((GOLDEN / case["input"]).read_bytes(), name=case["path"], **keywords)


def normalized(report):
    text = report.to_json().replace(f'"version":"{report.tool.version}"', '"version":"VERSION"')
    return text.replace(report.knowledge, "KNOWLEDGE").replace(report.options_digest, "DIGEST")


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_report_is_the_golden(case, monkeypatch, tmp_path):
    report = report_of(case, monkeypatch, tmp_path)
    golden = (GOLDEN / case["report"]).read_text()
    assert normalized(report) == golden.replace("\n", "")


def test_every_golden_has_a_case():
    reports = {case["report"] for case in cases()}
    assert reports == {f"reports/{path.name}" for path in (GOLDEN / "reports").iterdir()}
    assert len(cases()) >= 51


def test_sarif_is_written_as_everywhere(monkeypatch, tmp_path):
    def in_order(pairs):
        keys = [key for key, _ in pairs]
        # The log itself and its run are written in the order that people read.
        assert keys == sorted(keys) or keys[0] in {"$schema", "tool"}
        return dict(pairs)

    for case in cases():
        log = json.loads(report_of(case, monkeypatch, tmp_path).to_sarif(), object_pairs_hook=in_order)
        assert log["version"] == "2.1.0", case["name"]
