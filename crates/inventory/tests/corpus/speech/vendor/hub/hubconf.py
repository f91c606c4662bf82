dependencies = ["torch"]


def tiny():
    import torch

    return torch.nn.Linear(1, 1)
