import keras
import keras_hub
import open_clip
import timm
import urllib.request
from flair.models import SequenceTagger
from optimum.onnxruntime import ORTModelForFeatureExtraction
from setfit import SetFitModel
from transformers import AutoModelForImageClassification, pipeline

BACKBONE = "hf_hub:timm/vit_base_patch16_224.augreg2_in21k_ft_in1k"

first = timm.create_model("hf_hub:timm/resnet50.a1_in1k", pretrained=True)
second = timm.create_model("hf-hub:timm/convnext_tiny.fb_in22k@bbf3e37f9fb7ddcf59bb2bf66f5c2dfb2523002c", pretrained=True)
third = timm.create_model("efficientnet_b0.ra_in1k", pretrained=True, num_classes=10)
fourth = timm.create_model(BACKBONE, pretrained=True)
untrained = timm.create_model(model_name="mobilenetv3_large_100", pretrained=True)

clip, _, preprocess = open_clip.create_model_and_transforms("hf-hub:laion/CLIP-ViT-B-32-laion2B-s34B-b79K")
tokenizer = open_clip.get_tokenizer("hf-hub:laion/CLIP-ViT-B-32-laion2B-s34B-b79K")
siglip = open_clip.create_model_from_pretrained("hf-hub:timm/ViT-B-16-SigLIP")

gemma = keras_hub.models.GemmaCausalLM.from_preset("hf://google/gemma-2b-keras")
digits = keras.saving.load_model("hf://keras-io/mobile-vit-xxs")
bert = keras_hub.models.BertClassifier.from_preset("kaggle://keras/bert/keras/bert_base_en/2")

onnx = ORTModelForFeatureExtraction.from_pretrained("optimum/all-MiniLM-L6-v2", file_name="model.onnx")
sentiment = SetFitModel.from_pretrained("lewtun/my-awesome-setfit-model")
ner = SequenceTagger.load("flair/ner-english-large")

depth = pipeline(
    task="depth-estimation",
    model="depth-anything/Depth-Anything-V2-Small-hf",
    revision="983b47524843c2da610c71d04b9d25af01aa214d",
    trust_remote_code=False,
)
zero = pipeline("zero-shot-image-classification", model="google/siglip-base-patch16-224", tokenizer="google/siglip-base-patch16-224")

urllib.request.urlretrieve("https://huggingface.co/facebook/detr-resnet-50/resolve/main/pytorch_model.bin", "detr.bin")
urllib.request.urlretrieve("https://download.pytorch.org/models/resnet18-f37072fd.pth", filename="resnet18.pth")
INFO = "https://huggingface.co/docs/timm/models/resnet"
PAPERS = ["https://huggingface.co/papers/2010.11929", "https://arxiv.org/abs/2010.11929"]


class Registry:
    """Which backbone to use."""

    DEFAULT = "microsoft/resnet-50"
    TABLE = {"cats/dogs": 2, "birds": 200}

    @classmethod
    def load(cls):
        return AutoModelForImageClassification.from_pretrained(cls.DEFAULT)


def beit():
    return AutoModelForImageClassification.from_pretrained(Registry.DEFAULT, ignore_mismatched_sizes=True)


def layout(checkpoint="microsoft/layoutlm-base-uncased", *, revision="main"):
    return AutoModelForImageClassification.from_pretrained(checkpoint, revision=revision)
