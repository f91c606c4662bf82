import logging
import os

import torch
import yaml
from sentence_transformers import CrossEncoder, SentenceTransformer
from transformers import AutoModel, AutoTokenizer

from rag.settings import RERANKER, RERANKER_REVISION, Settings

log = logging.getLogger(__name__)
settings = Settings()

FALLBACK = "thenlper/gte-small"
FALLBACK_COMMIT = "b6b631ff2a56c154f2042df05e8c7eed0dc48dba"

with open("config.yaml") as stream:
    CONFIG = yaml.safe_load(stream)


class Embedder:
    """Embeds text.

    >>> Embedder("sentence-transformers/paraphrase-MiniLM-L3-v2")
    """

    checkpoint = "nomic-ai/nomic-embed-text-v1.5"
    suffix = "and/or"

    def __init__(self) -> None:
        self.model = SentenceTransformer(self.checkpoint, trust_remote_code=True)
        self.tokenizer = AutoTokenizer.from_pretrained(self.checkpoint)

    def fallback(self):
        # AutoModel.from_pretrained("distilroberta-base") did not fit into memory
        log.warning("falling back to thenlper/gte-large")
        return AutoModel.from_pretrained(
            FALLBACK,
            revision=FALLBACK_COMMIT,
            use_safetensors=True,
        )


def from_config():
    section = CONFIG["retrieval"]["embedding"]
    return AutoModel.from_pretrained(CONFIG["retrieval"]["embedding"]["model_id"], revision=section["revision"])


def reranker(name: str = "mixedbread-ai/mxbai-rerank-base-v1"):
    return CrossEncoder(name, local_files_only=True)


def pinned_reranker():
    return CrossEncoder(RERANKER, revision=RERANKER_REVISION)


def configured_reranker():
    return CrossEncoder(CONFIG["retrieval"]["reranker"]["model_name_or_path"])


def shared():
    return SentenceTransformer(settings.embedder)


def multilingual():
    return SentenceTransformer(os.getenv("EMBED_MODEL", "intfloat/multilingual-e5-large"), device="cuda")


def local():
    path = "models/tiny-bert"
    return AutoModel.from_pretrained(path), AutoTokenizer.from_pretrained("./models/tiny-bert")


def resume(step: int):
    """A run that was never started leaves nothing in the directory."""
    del step
    return AutoModel.from_pretrained("checkpoints/final")


def cached(path: str):
    return torch.load(path, map_location="cpu")
