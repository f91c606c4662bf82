"""Answers from the handbook.

The first version used AutoModel.from_pretrained("bert-base-uncased"), which was too slow.
"""

__all__ = ["embed", "rerank"]
