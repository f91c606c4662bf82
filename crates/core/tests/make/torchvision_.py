"""Objects of torchvision: models, operators and transforms."""

LIBRARY = "torchvision"


def objects():
    import torch
    from torchvision import models, ops, transforms

    torch.manual_seed(7)
    size = transforms.InterpolationMode
    yield "modes", list(size)
    yield "transform", transforms.Compose([transforms.Resize(4), transforms.CenterCrop(4), transforms.ToTensor(), transforms.Normalize([0.5], [0.5])])
    yield "random", transforms.Compose([transforms.RandomHorizontalFlip(), transforms.ColorJitter(0.1), transforms.RandomErasing(), transforms.RandomRotation(5)])
    yield "augment", [transforms.RandAugment(), transforms.AutoAugment(), transforms.TrivialAugmentWide(), transforms.AugMix()]
    yield "operators", [ops.FrozenBatchNorm2d(2), ops.StochasticDepth(0.1, "row"), ops.MLP(2, [2]), ops.RoIAlign(2, 1.0, 2)]
    yield "pyramid", ops.FeaturePyramidNetwork([2], 2)
    yield "blocks", [models.resnet.BasicBlock(2, 2), models.resnet.Bottleneck(8, 2), models.mobilenetv2.InvertedResidual(2, 2, 1, 1)]
    yield "densenet", models.densenet.DenseNet(2, (1,), 2, num_classes=2)
    yield "vit", models.vision_transformer.VisionTransformer(4, 2, 1, 1, 4, 4, num_classes=2)
    yield "swin", models.swin_transformer.SwinTransformerBlock(4, 2, [2, 2], [0, 0])
    yield "squeeze", models.squeezenet.Fire(2, 1, 1, 1)
    yield "anchors", models.detection.rpn.AnchorGenerator()
    try:
        from torchvision import tv_tensors
        from torchvision.transforms import v2

        yield "images", [tv_tensors.Image(torch.zeros(1, 2, 2)), tv_tensors.Mask(torch.zeros(2, 2))]
        yield "boxes", tv_tensors.BoundingBoxes(torch.zeros(1, 4), format="XYXY", canvas_size=(2, 2))
        yield "transform-v2", v2.Compose([v2.Resize(4), v2.RandomHorizontalFlip(), v2.ToDtype(torch.float32, scale=True), v2.Normalize([0.5], [0.5])])
    except ImportError:
        pass


def files(folder):
    import torch
    from torchvision import models

    torch.manual_seed(7)
    torch.save(models.resnet.BasicBlock(2, 2), folder / "block.pt")
    torch.save(models.squeezenet.Fire(2, 1, 1, 1), folder / "fire-legacy.pt", _use_new_zipfile_serialization=False)
