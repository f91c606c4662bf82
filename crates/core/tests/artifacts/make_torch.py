"""Writes the torch-*.pt files beside it with the PyTorch that is installed, and says which it is.

Run it with an interpreter that has torch (Debian's python3-torch does):  python3 make_torch.py
The committed files were written by torch 1.13.0 under Python 3.11.
"""

import collections
import pathlib

import torch

HERE = pathlib.Path(__file__).parent


def state_dict():
    """Two tensors that share one storage, a half-precision one, and numbers beside them."""
    torch.manual_seed(7)
    base = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    return collections.OrderedDict(
        weight=base,
        transposed=base.t(),
        half=torch.zeros(3, dtype=torch.float16),
        flags=torch.tensor([True, False]),
        big=torch.tensor([1, 2**40]),
        epoch=3,
    )


def optimizer_state():
    """What a training loop saves: a small model after one step of Adam."""
    torch.manual_seed(7)
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    return {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "loss": 0.5}


def save(name, value, **options):
    torch.save(value, HERE / name, **options)
    print(f"{name}: {(HERE / name).stat().st_size} bytes")


def main():
    print("torch", torch.__version__)
    save("torch-zip.pt", state_dict())
    save("torch-zip-training.pt", optimizer_state())
    save("torch-zip-module.pt", torch.nn.Linear(2, 1))
    save("torch-zip-protocol4.pt", state_dict(), pickle_protocol=4)
    legacy = {"_use_new_zipfile_serialization": False}
    save("torch-legacy.pt", state_dict(), **legacy)
    save("torch-legacy-protocol4.pt", state_dict(), pickle_protocol=4, **legacy)
    save("torch-legacy-module.pt", torch.nn.Linear(2, 1), **legacy)
    save("torch-legacy-no-storage.pt", {"epoch": 3}, **legacy)


if __name__ == "__main__":
    main()
