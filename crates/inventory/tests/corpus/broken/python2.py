import torch

def show(model):
    print "loading", model
    exec "x = 1"

net = torch.hub.load("pytorch/vision:v0.9.1", "alexnet")
