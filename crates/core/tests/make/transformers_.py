"""Objects of transformers: training arguments, configurations, tokenizers, outputs and small models."""

import os
import tempfile

LIBRARY = "transformers"

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "load", "##s"]


def training(folder):
    import transformers

    kinds = {"training-args": transformers.TrainingArguments, "training-args-seq2seq": transformers.Seq2SeqTrainingArguments}
    for name, kind in kinds.items():
        yield name, _arguments(kind, output_dir="out", report_to=[])
        yield name + "-more", _arguments(kind, output_dir="out", lr_scheduler_type="cosine", optim="adafactor", save_strategy="epoch", warmup_steps=2, report_to=[])
    yield "trainer-state", [transformers.TrainerState(), transformers.TrainerControl()]
    yield "callbacks", [transformers.EarlyStoppingCallback(), transformers.trainer_callback.DefaultFlowCallback()]


def _arguments(kind, **options):
    """Training arguments for the CPU; the switch for it has two names."""
    for switch in ({"use_cpu": True}, {"no_cuda": True}):
        try:
            made = kind(**options, **switch)
        except TypeError:
            continue
        made.logging_dir = "runs"
        return made
    raise RuntimeError("no switch for the CPU")


def configurations():
    import transformers

    for name in "Bert GPT2 T5 DistilBert Roberta Llama Mistral ViT CLIP Whisper Wav2Vec2 Bart Electra DebertaV2 MPNet XLMRoberta Falcon".split():
        kind = getattr(transformers, name + "Config", None)
        if kind is not None:
            yield "config-" + name, kind()
    yield "config-generation", transformers.GenerationConfig()


def _small(name):
    import transformers

    sizes = dict(hidden_size=4, num_hidden_layers=1, num_attention_heads=2, intermediate_size=4, vocab_size=8, max_position_embeddings=8)
    if name == "GPT2":
        return transformers.GPT2Config(n_embd=4, n_layer=1, n_head=2, vocab_size=8, n_positions=8, bos_token_id=0, eos_token_id=0)
    if name == "T5":
        return transformers.T5Config(d_model=4, d_kv=2, d_ff=4, num_layers=1, num_heads=2, vocab_size=8)
    if name == "DistilBert":
        return transformers.DistilBertConfig(dim=4, n_layers=1, n_heads=2, hidden_dim=4, vocab_size=8, max_position_embeddings=8)
    if name == "ViT":
        return transformers.ViTConfig(hidden_size=4, num_hidden_layers=1, num_attention_heads=2, intermediate_size=4, image_size=4, patch_size=2)
    if name == "Llama":
        return transformers.LlamaConfig(**sizes, num_key_value_heads=2)
    return getattr(transformers, name + "Config")(**sizes)


def models():
    import torch
    import transformers

    torch.manual_seed(7)
    heads = {
        "Bert": "ForSequenceClassification",
        "Roberta": "ForTokenClassification",
        "DistilBert": "ForSequenceClassification",
        "GPT2": "LMHeadModel",
        "Llama": "ForCausalLM",
        "T5": "ForConditionalGeneration",
        "ViT": "ForImageClassification",
        "Electra": "Model",
    }
    for name, head in heads.items():
        yield "model-" + name, getattr(transformers, name + head)(_small(name))


def tokenizers(folder):
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers

    path = os.path.join(folder, "vocab.txt")
    with open(path, "w") as out:
        out.write("\n".join(WORDS))
    backend = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    yield "tokenizer-backend", backend
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="[UNK]", pad_token="[PAD]")
    yield "tokenizer-fast", fast
    yield "encoding", fast(["a load"], return_tensors="pt")
    yield "tokenizer-bert-fast", transformers.BertTokenizerFast(path)
    yield "tokenizer-bert", transformers.BertTokenizer(path)
    yield "tokenizer-distilbert", transformers.DistilBertTokenizer(path)
    yield "tokenizer-electra", transformers.ElectraTokenizer(path)


def beside():
    import torch
    import transformers
    from transformers.modeling_outputs import BaseModelOutputWithPooling, SequenceClassifierOutput

    yield "outputs", [SequenceClassifierOutput(loss=torch.tensor(1.0), logits=torch.ones(1, 2)), BaseModelOutputWithPooling(torch.ones(1))]
    yield "features", transformers.BatchFeature({"pixel_values": torch.ones(1)})
    yield "image-processor", transformers.ViTImageProcessor()
    yield "feature-extractor", transformers.Wav2Vec2FeatureExtractor()
    yield "processors", transformers.LogitsProcessorList([transformers.TemperatureLogitsWarper(0.5), transformers.TopKLogitsWarper(2)])
    yield "collator", transformers.default_data_collator
    parameter = torch.nn.Parameter(torch.ones(2))
    yield "optimizer", transformers.Adafactor([parameter])
    try:
        schedule = transformers.get_linear_schedule_with_warmup(torch.optim.SGD([parameter], lr=0.1), 1, 4)
        __import__("pickle").dumps(schedule)
        yield "schedule", schedule
    except (AttributeError, TypeError):
        pass
    yield "quantization", transformers.BitsAndBytesConfig(load_in_8bit=True)


def objects():
    with tempfile.TemporaryDirectory() as folder:
        for part in (training(folder), configurations(), models(), beside()):
            yield from part


def files(folder):
    import pickle

    import torch

    with tempfile.TemporaryDirectory() as scratch:
        for name, value in tokenizers(scratch):
            for protocol in (2, 3, 4, 5):  # the Rust classes refuse 0, and some of them 1
                (folder / f"{name}-p{protocol}.pkl").write_bytes(pickle.dumps(value, protocol))
        for name, value in training(scratch):
            torch.save(value, folder / f"{name}.bin")
            torch.save(value, folder / f"{name}-legacy.bin", _use_new_zipfile_serialization=False)
    for name, value in models():
        torch.save(value.state_dict(), folder / f"{name}.bin")
        torch.save(value, folder / f"{name}-whole.pt")
