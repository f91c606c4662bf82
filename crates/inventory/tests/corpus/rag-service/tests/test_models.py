from transformers import AutoModel, AutoTokenizer

TINY = "hf-internal-testing/tiny-random-bert"


def test_loads():
    model = AutoModel.from_pretrained(TINY)
    tokenizer = AutoTokenizer.from_pretrained("hf-internal-testing/tiny-random-bert", revision="37b9708982f07c3040041d1d3ff05cf04c438a5a")
    assert model.config.model_type == "bert", "AutoModel.from_pretrained('sshleifer/tiny-gpt2') has another type"
    assert tokenizer.pad_token_id == 0
