"""What may be set from outside."""

import os

from pydantic_settings import BaseSettings

RERANKER = "BAAI/bge-reranker-base"
RERANKER_REVISION = "6a05e687c2102b645773bdd564537bd40273732e"
GENERATOR = os.environ.get("GENERATOR", "Qwen/Qwen2.5-7B-Instruct")


class Settings(BaseSettings):
    """Read from the environment; see .env."""

    embedder: str = "sentence-transformers/all-mpnet-base-v2"
    answerer: str = "gpt-4o"
    content_type: str = "text/html"
    timeout: float = 20.0
