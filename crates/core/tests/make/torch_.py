"""Objects of PyTorch: tensors, storages, modules, optimizers, schedulers and the files that torch.save writes."""

import collections

LIBRARY = "torch"


def _kept(name, make):
    """A pair, or nothing where this torch cannot make the object."""
    try:
        yield name, make()
    except (AttributeError, RuntimeError, NotImplementedError, TypeError, ImportError, KeyError):
        return


def _pickled(value):
    """The value, if this torch can pickle it."""
    import pickle

    pickle.dumps(value, 2)
    return value


def tensors():
    import torch

    torch.manual_seed(7)
    named = "uint8 int8 int16 int32 int64 float16 float32 float64 bfloat16 complex64 complex128 bool uint16 uint32 uint64 float8_e4m3fn float8_e5m2"
    for word in named.split():
        if hasattr(torch, word):
            yield from _kept("tensor-" + word, lambda word=word: _pickled(torch.ones(2, 3).to(getattr(torch, word))))
    base = torch.arange(6.0).reshape(2, 3)
    yield "tensor-views", [base, base.t(), base[1:]]
    yield "tensor-scalar-and-empty", [torch.tensor(1.5), torch.zeros(0), torch.zeros(0, 3)]
    yield "tensor-gradient", torch.ones(2, requires_grad=True)
    yield "tensor-conj", torch.ones(2, dtype=torch.complex64).conj()
    yield from _kept("tensor-meta", lambda: torch.empty(2, 3, device="meta"))
    yield from _kept("tensor-attribute", _with_attribute)
    yield from _kept("tensor-sparse-coo", lambda: base.to_sparse())
    yield from _kept("tensor-sparse-csr", lambda: base.to_sparse_csr())
    yield from _kept("tensor-sparse-csc", lambda: _pickled(base.to_sparse_csc()))
    yield from _kept("tensor-quantized", lambda: torch.quantize_per_tensor(base, 0.1, 2, torch.quint8))
    yield from _kept("tensor-quantized-channel", lambda: torch.quantize_per_channel(base, torch.ones(2), torch.zeros(2), 0, torch.qint8))
    yield from _kept("tensor-nested", lambda: _pickled(torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])))


def _with_attribute():
    import torch

    tensor = torch.ones(2)
    tensor.label = "load"
    return tensor


def _parameter_with_attribute():
    import torch

    parameter = torch.nn.Parameter(torch.ones(2))
    parameter.label = "load"
    return parameter


def values():
    import torch

    yield "sizes", [torch.Size([1, 2]), torch.Size([])]
    yield "devices", [torch.device("cpu"), torch.device("cuda:1"), torch.device("meta")]
    yield "dtypes", [value for _, value in sorted(vars(torch).items()) if isinstance(value, torch.dtype)]
    yield "schemes", [torch.per_tensor_affine, torch.per_channel_affine, torch.per_tensor_symmetric]
    yield from _kept("storage", lambda: torch.ones(3).storage())
    yield from _kept("untyped-storage", lambda: torch.ones(3).untyped_storage())
    yield "parameter", [torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2), requires_grad=False)]
    yield from _kept("parameter-attribute", _parameter_with_attribute)
    yield from _kept("parameter-lazy", lambda: [torch.nn.parameter.UninitializedParameter(), torch.nn.parameter.UninitializedBuffer()])
    yield "version", torch.__version__
    yield "packed", torch.nn.utils.rnn.pack_padded_sequence(torch.ones(2, 3, 1), [3, 2], batch_first=True)
    yield "returned", [torch.ones(2, 2).max(0), torch.tensor([2.0, 1.0]).sort()]
    yield "functions", [torch.relu, torch.tanh, torch.sigmoid, torch.nn.functional.gelu, torch.nn.functional.silu, torch.nn.functional.softmax]
    yield "initializers", [torch.nn.init.xavier_uniform_, torch.nn.init.zeros_]
    yield from _kept("generator", _generator)


def _generator():
    import torch

    return _pickled(torch.Generator().manual_seed(3))


def modules():
    import torch
    from torch import nn

    torch.manual_seed(7)
    short = {
        "linear": lambda: nn.Linear(2, 1),
        "perceptron": lambda: nn.Sequential(collections.OrderedDict(hidden=nn.Linear(2, 3), act=nn.ReLU(), out=nn.Linear(3, 1))),
        "convolution": lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.1)),
        "convolutions": lambda: nn.ModuleList([nn.Conv1d(1, 1, 1), nn.Conv3d(1, 1, 1), nn.ConvTranspose2d(1, 1, 1), nn.AvgPool3d(2)]),
        "recurrent": lambda: nn.ModuleDict({"lstm": nn.LSTM(2, 2), "gru": nn.GRU(2, 2), "rnn": nn.RNN(2, 2), "cell": nn.LSTMCell(2, 2)}),
        "embedding": lambda: nn.ModuleList([nn.Embedding(3, 2), nn.EmbeddingBag(3, 2)]),
        "attention": lambda: nn.MultiheadAttention(4, 2),
        "encoder": lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 4), 1),
        "decoder": lambda: nn.TransformerDecoderLayer(4, 2, 4, activation="gelu"),
        "activations": lambda: nn.ModuleList([nn.GELU(), nn.SiLU(), nn.Softmax(1), nn.LogSoftmax(1), nn.PReLU(), nn.Hardswish(), nn.ELU(), nn.GLU()]),
        "norms": lambda: nn.ModuleList([nn.LayerNorm(2), nn.GroupNorm(1, 2), nn.InstanceNorm2d(2), nn.LocalResponseNorm(2)]),
        "losses": lambda: nn.ModuleList([nn.CrossEntropyLoss(), nn.MSELoss(), nn.BCEWithLogitsLoss(), nn.KLDivLoss(), nn.CTCLoss(), nn.TripletMarginLoss()]),
        "upsampling": lambda: nn.ModuleList([nn.Upsample(scale_factor=2), nn.PixelShuffle(2), nn.Fold((2, 2), 1)]),
        "parameters": lambda: nn.ParameterList([nn.Parameter(torch.ones(1))]),
        "parameter-dict": lambda: nn.ParameterDict({"scale": nn.Parameter(torch.ones(1))}),
        "identity": lambda: nn.ModuleList([nn.Identity(), nn.Bilinear(1, 1, 1), nn.CosineSimilarity(), nn.ZeroPad2d(1)]),
        "parallel": lambda: nn.DataParallel(nn.Linear(2, 1)),
        "weight-norm": lambda: nn.utils.weight_norm(nn.Linear(2, 1)),
        "spectral-norm": lambda: nn.utils.spectral_norm(nn.Linear(2, 2)),
        "pruned": lambda: nn.utils.prune.l1_unstructured(nn.Linear(2, 2), "weight", 0.5),
        "lazy": lambda: nn.LazyLinear(2),
    }
    for name, make in short.items():
        yield from _kept("module-" + name, make)


def training():
    import torch
    from torch.optim import lr_scheduler

    torch.manual_seed(7)
    for name in "SGD Adam AdamW Adagrad Adadelta Adamax ASGD NAdam RAdam RMSprop Rprop LBFGS Adafactor SparseAdam".split():
        if hasattr(torch.optim, name):
            yield "optimizer-" + name, _stepped(getattr(torch.optim, name))
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1, momentum=0.9)
    schedules = {
        "step": lambda: lr_scheduler.StepLR(optimizer, 3),
        "multistep": lambda: lr_scheduler.MultiStepLR(optimizer, [2, 4]),
        "exponential": lambda: lr_scheduler.ExponentialLR(optimizer, 0.9),
        "cosine": lambda: lr_scheduler.CosineAnnealingLR(optimizer, 4),
        "restarts": lambda: lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 4),
        "onecycle": lambda: lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=5),
        "plateau": lambda: lr_scheduler.ReduceLROnPlateau(optimizer),
        "sequential": lambda: lr_scheduler.SequentialLR(optimizer, [lr_scheduler.ConstantLR(optimizer), lr_scheduler.LinearLR(optimizer)], [2]),
        "polynomial": lambda: lr_scheduler.PolynomialLR(optimizer),
        "cyclic": lambda: lr_scheduler.CyclicLR(optimizer, 0.1, 0.2),
    }
    schedules["averaged"] = lambda: torch.optim.swa_utils.AveragedModel(torch.nn.Linear(1, 1))
    for name, make in schedules.items():
        yield from _kept("scheduler-" + name, lambda make=make: _pickled(make()))
    yield from _kept("scaler", lambda: _pickled(torch.cuda.amp.GradScaler(enabled=False)))


def _stepped(kind):
    """An optimizer after one step, so that it has a state; LBFGS and SparseAdam want more than a step."""
    import torch

    parameter = torch.nn.Parameter(torch.ones(2))
    optimizer = kind([parameter], lr=0.1)
    if kind.__name__ not in ("LBFGS", "SparseAdam"):
        parameter.sum().backward()
        optimizer.step()
    return optimizer


def beside():
    """Data sets, samplers, distributions and quantized modules."""
    import torch
    from torch import distributions, nn, utils

    data = utils.data.TensorDataset(torch.arange(4.0))
    yield "dataset", [data, utils.data.Subset(data, [0, 1]), utils.data.ConcatDataset([data, data])]
    yield "loader", utils.data.DataLoader(data, batch_size=2)
    yield "samplers", [utils.data.SequentialSampler(data), utils.data.WeightedRandomSampler([0.5, 0.5], 2)]
    yield "distributions", [distributions.Normal(0.0, 1.0), distributions.Categorical(torch.ones(2)), distributions.Bernoulli(0.5)]
    yield "transformed", distributions.TransformedDistribution(distributions.Normal(0.0, 1.0), [distributions.ExpTransform()])
    qat = torch.quantization
    yield "observers", [qat.MinMaxObserver(), qat.HistogramObserver(bins=4), qat.FakeQuantize(), qat.QuantStub()]
    yield "configuration", qat.get_default_qconfig("fbgemm")


def quantized():
    """Modules with packed weights: torch aborts the process when it pickles these with protocol 0 or 1."""
    import torch
    from torch import nn

    yield from _kept("quantized-dynamic", lambda: torch.quantization.quantize_dynamic(nn.Sequential(nn.Linear(2, 2), nn.LSTM(2, 2)), {nn.Linear, nn.LSTM}))
    yield from _kept("quantized-convolution", _quantized_convolution)


def formats():
    """Memory formats pickle by a dotted name through the first module that holds torch, from protocol 4 on."""
    import torch

    yield "formats", [torch.contiguous_format, torch.channels_last, torch.preserve_format]


def _quantized_convolution():
    import torch
    from torch import nn

    model = nn.Sequential(torch.quantization.QuantStub(), nn.Conv2d(1, 1, 1), torch.quantization.DeQuantStub()).eval()
    model.qconfig = torch.quantization.default_qconfig
    prepared = torch.quantization.prepare(model)
    prepared(torch.ones(1, 1, 2, 2))
    return _pickled(torch.quantization.convert(prepared))


def objects():
    for part in (tensors, values, modules, training, beside):
        yield from part()


def files(folder):
    import torch

    torch.manual_seed(7)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3)
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    saved = {
        "state": model.state_dict(),
        "module": model,
        "checkpoint": {
            "epoch": 3,
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "scheduler": scheduler.state_dict(),
            "random": torch.get_rng_state(),
            "loss": torch.tensor(0.5),
        },
        "optimizer": optimizer,
        "scheduler": scheduler,
    }
    for name, value in list(tensors()) + [(n, v) for n, v in values() if n != "generator"] + list(quantized()) + list(formats()):
        saved[name] = value
    failures = []
    for name, value in saved.items():
        for protocol in (2, 3, 4, 5):
            for form in ("zip", "legacy"):
                path = folder / f"{name}-{form}-p{protocol}.pt"
                try:
                    torch.save(value, path, pickle_protocol=protocol, _use_new_zipfile_serialization=form == "zip")
                except (NotImplementedError, RuntimeError, AttributeError, KeyError, TypeError) as fault:
                    path.unlink()
                    failures.append(f"{path.name}: {type(fault).__name__}")
    if failures:
        print("  torch.save refused:", ", ".join(failures))
