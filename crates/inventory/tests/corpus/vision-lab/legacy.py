"""This file has Windows line ends."""
import transformers as tf
from transformers import AutoFeatureExtractor, ViTModel as Vit

NAMES = [
    "left/right",
]


def vit():
	return Vit.from_pretrained("google/vit-large-patch16-224", output_attentions=True)


swin = tf.SwinModel.from_pretrained("microsoft/swin-tiny-patch4-window7-224")
getter = getattr(tf, "AutoModel")
both = (tf.AutoModel.from_pretrained("facebook/convnext-base-224"), tf.AutoTokenizer.from_pretrained("google-bert/bert-base-cased"))
