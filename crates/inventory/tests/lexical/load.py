"""Loads things: AutoModel.from_pretrained("docstring/no")."""
import torch
from transformers import AutoModel, AutoTokenizer, pipeline

# AutoModel.from_pretrained("comment/no")
NAME = "owner/constant"
TEXT = 'AutoModel.from_pretrained("string/no")'

model = AutoModel.from_pretrained(
    "owner/model",
    revision="0123456789abcdef0123456789abcdef01234567",
    trust_remote_code=True,
    code_revision="main",
)
tokenizer = AutoTokenizer.from_pretrained(NAME, local_files_only=flag)
é = pipeline("text-generation", model="gpt2").to("cuda")
hub = torch.hub.load("pytorch/vision:v0.10.0", "resnet18", trust_repo=True)
weights = torch.load("model.pt", weights_only=False)
page = "https://huggingface.co/datasets/owner/data/resolve/main/a.csv"
broken = AutoModel.from_pretrained("owner/open
