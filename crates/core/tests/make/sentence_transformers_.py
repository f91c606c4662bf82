"""Objects of sentence-transformers: a model around a small BERT, its heads and losses."""

import os
import tempfile

LIBRARY = "sentence_transformers"

os.environ.setdefault("HF_HUB_OFFLINE", "1")


def _model(folder):
    """A sentence transformer from a small model on the disk, so that nothing is fetched."""
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer, models

    torch.manual_seed(7)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "load"]
    path = os.path.join(folder, "vocab.txt")
    with open(path, "w") as out:
        out.write("\n".join(words))
    config = transformers.BertConfig(hidden_size=4, num_hidden_layers=1, num_attention_heads=2, intermediate_size=4, vocab_size=8, max_position_embeddings=8)
    transformers.BertModel(config).save_pretrained(folder)
    transformers.BertTokenizerFast(path).save_pretrained(folder)
    base = models.Transformer(folder)
    return SentenceTransformer(modules=[base, models.Pooling(4)], device="cpu")


def objects():
    import torch
    from sentence_transformers import InputExample, losses, models

    torch.manual_seed(7)
    yield "heads", [models.Dense(4, 2), models.Normalize(), models.Pooling(4), models.LayerNorm(4), models.Dropout(0.1)]
    yield "example", InputExample(texts=["a", "b"], label=0.5)
    yield "losses", [losses.CosineSimilarityLoss(models.Dense(4, 2)), losses.MultipleNegativesRankingLoss(models.Dense(4, 2))]


def files(folder):
    import pickle

    import torch
    from sentence_transformers import models

    torch.manual_seed(7)
    head = models.Dense(4, 2)
    torch.save(head.state_dict(), folder / "dense.bin")
    torch.save(head, folder / "dense-whole.pt")
    with tempfile.TemporaryDirectory() as scratch:
        model = _model(scratch)
        torch.save(model, folder / "model-whole.pt")
        for protocol in (2, 3, 4, 5):  # the tokenizer in it refuses 0 and 1
            (folder / f"model-p{protocol}.pkl").write_bytes(pickle.dumps(model, protocol))
