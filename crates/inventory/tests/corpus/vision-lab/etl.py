"""Same names, other meanings: nothing here loads a model."""

import gettext
from audio_tools import load_dataset
from etl.core import pipeline
from etl.registry import snapshot_download, Client

import torch
from sklearn.pipeline import make_pipeline


def daily(spark):
    orders = load_dataset("sales/orders", split="train")
    flow = pipeline("clean/normalize", model="sales/forecast")
    mirror = snapshot_download("warehouse/daily", revision="main")
    session = Client("warehouse/session")
    frame = spark.read.load("bronze/events", format="delta/table")
    text = gettext.translation("messages/de", fallback=True)
    steps = make_pipeline("passthrough")
    saved = torch.save({}, "weights/last.pt")
    branch = "feature/model-registry"
    zone = "Europe/Berlin"
    path = "/".join(["input/output", branch, zone])
    return orders, flow, mirror, session, frame, text, steps, saved, path


SQL = """
-- model_id = 'facebook/bart-base'
select id from models where name = 'group/name'
"""
HELP = {
    "usage": "Pass an id such as bigscience/bloom to the loader.",
    "search": "https://huggingface.co/models?search=bert",
    "token": "https://huggingface.co/settings/tokens",
    "blog": "https://huggingface.co/blog/how-to-generate",
}
assert "input/ids" in {"input/ids", "input/mask"}
raise_message = "model google/flan-ul2 is not supported"
