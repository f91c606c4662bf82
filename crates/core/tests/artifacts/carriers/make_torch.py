"""Writes torch/ with the PyTorch that is installed. What it writes holds the paths of this script and of PyTorch, so
run it where these say nothing: cd /opt/carriers && python make_torch.py

The committed files were written by torch 2.15.0 under Python 3.11.
"""

import pathlib

import torch
import torch.distributed.checkpoint as checkpoint
from torch import nn
from torch.distributed.checkpoint import HuggingFaceStorageWriter
from torch.package import PackageExporter

HERE = pathlib.Path("torch")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)
        self.sizes = [1, 2]
        self.names = {"a": 1}

    def forward(self, x):
        return torch.relu(self.linear(x)) * self.sizes[0] + torch.ones(1)


def script():
    model = Net().eval()
    torch.jit.save(torch.jit.script(model), HERE / "script.pt")
    torch.jit.save(torch.jit.trace(model, torch.ones(1, 2)), HERE / "trace.pt")
    frozen = torch.jit.freeze(torch.jit.script(model))
    torch.jit.save(frozen, HERE / "frozen.pt", _extra_files={"note.txt": "inert words"})
    torch.jit.script(model)._save_for_lite_interpreter(str(HERE / "lite.ptl"))


def export():
    example = (torch.ones(2, 2),)
    torch.export.save(torch.export.export(Net().eval(), example), HERE / "export.pt2")
    batch = torch.export.Dim("batch", min=2)
    program = torch.export.export(Net().eval(), example, dynamic_shapes={"x": {0: batch}})
    torch.export.save(program, HERE / "dynamic.pt2")


def package():
    with PackageExporter(HERE / "package-data.pt") as exporter:
        exporter.extern(["torch.**", "collections"])
        exporter.save_pickle("model", "weights.pkl", {"weight": torch.ones(2), "linear": nn.Linear(2, 1)})
        exporter.save_text("text", "note.txt", "inert words")
    with PackageExporter(HERE / "package-code.pt") as exporter:
        exporter.save_source_string("mine", "WORDS = 'inert words'\n")


def distributed():
    state = {"model": Net().state_dict(), "epoch": 3, "optimizer": {"lr": 0.1, "step": torch.tensor(3)}}
    checkpoint.save(state, checkpoint_id=HERE / "distributed")
    checkpoint.save(state["model"], storage_writer=HuggingFaceStorageWriter(str(HERE / "distributed-hf")))


if __name__ == "__main__":
    torch.manual_seed(7)
    HERE.mkdir(exist_ok=True)
    print("torch", torch.__version__)
    script()
    export()
    package()
    distributed()
