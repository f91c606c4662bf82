import pytest

from rag.answer import Answer


@pytest.mark.parametrize("text", ["org/model", "facebook/opt-125m", "yes/no"])
def test_text_is_kept(text):
    assert Answer(text).text == text


def test_message():
    assert "loaded google-bert/bert-base-cased".split()[0] == "loaded"
