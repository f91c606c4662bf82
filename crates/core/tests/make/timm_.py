"""Objects of timm: small models, layers, optimizers, schedules and transforms."""

LIBRARY = "timm"


def objects():
    import timm.loss
    import timm.optim
    import timm.scheduler
    import torch
    from timm.data import Mixup
    from timm.data.random_erasing import RandomErasing
    from timm.models.resnet import BasicBlock
    from timm.models.vision_transformer import VisionTransformer

    torch.manual_seed(7)
    yield "vit", VisionTransformer(img_size=4, patch_size=2, embed_dim=4, depth=1, num_heads=2, num_classes=2, mlp_ratio=1)
    yield "block", BasicBlock(2, 2)
    yield "losses", [timm.loss.LabelSmoothingCrossEntropy(), timm.loss.SoftTargetCrossEntropy(), timm.loss.BinaryCrossEntropy()]
    parameter = torch.nn.Parameter(torch.ones(2))
    for name in "AdamP Lamb Lion RMSpropTF Nadam MADGRAD Adan NAdamW".split():
        kind = getattr(timm.optim, name, None)
        if kind is not None:
            yield "optimizer-" + name, kind([parameter], lr=0.1)
    optimizer = torch.optim.SGD([parameter], lr=0.1)
    yield "schedules", [timm.scheduler.CosineLRScheduler(optimizer, 5), timm.scheduler.StepLRScheduler(optimizer, 2)]
    yield "data", [Mixup(num_classes=2), RandomErasing(device="cpu")]
    yield "transform", timm.data.create_transform(8)
    for name in "mobilenetv3_small_050 efficientnet_lite0 convnext_atto mixer_s32_224 swin_tiny_patch4_window7_224 regnetx_002".split():
        yield "parts-" + name, _parts(name)


def _parts(name):
    """One object of each class in a model, without weights: the parts are on the meta device."""
    import timm
    import torch

    try:
        with torch.device("meta"):
            model = timm.create_model(name)
    except (RuntimeError, TypeError, AttributeError, NotImplementedError):
        return None
    seen = {}
    for part in model.modules():
        if not list(part.children()):
            seen.setdefault(type(part), part)
    return list(seen.values())
