# -*- coding: utf-8 -*-
"""Loaders with the studio's defaults."""
import diffusers as dfs
import transformers
from huggingface_hub import InferenceClient, HfApi, HfFileSystem
from transformers import AutoModelForCausalLM, AutoTokenizer, CLIPModel, CLIPTextModel

TOKEN = "hf_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
SIZE = "large"
ORG = "openai"


def load_unet(repo, **options):
    return dfs.UNet2DConditionModel.from_pretrained(repo, subfolder="unet", **options)


def load_llm(name: str, revision: str | None = None):
    """Loads a language model, such as ``load_llm("gpt2-xl")``."""
    return AutoModelForCausalLM.from_pretrained(name, revision=revision, trust_remote_code=True)


unet = load_unet("segmind/SSD-1B")
prompter = load_llm("Gustavosta/MagicPrompt-Stable-Diffusion", revision="e1f684d662fefb2498cda3581ff4a988fd88d31c")
writer = load_llm(name="microsoft/Phi-3-mini-4k-instruct")

clip = CLIPModel.from_pretrained(f"{ORG}/clip-vit-{SIZE}-patch14")
name = "Größe/Maß"; text = "日本語"; encoder = CLIPTextModel.from_pretrained("laion/CLIP-ViT-H-14-laion2B-s32B-b79K")

load_tokenizer = AutoTokenizer.from_pretrained
tokenizer = load_tokenizer("openai/clip-vit-base-patch32")
scheduler = dfs.DDIMScheduler.from_pretrained("stabilityai/stable-diffusion-2-1", subfolder="scheduler")
captions = transformers.pipeline("image-to-text", "nlpconnect/vit-gpt2-image-captioning")


def sized(size: str):
    return transformers.AutoModel.from_pretrained(f"facebook/dinov2-{size}")


client = InferenceClient(model="black-forest-labs/FLUX.1-schnell", token=TOKEN)
chat = InferenceClient().chat_completion(model="meta-llama/Llama-3.1-8B-Instruct", messages=[])
info = HfApi().model_info("kandinsky-community/kandinsky-2-2-decoder", revision="main")
fs = HfFileSystem()
table = fs.open("hf://datasets/poloclub/diffusiondb@85e4b6dcaee300309994964f7647e05a44c03a08/metadata.parquet")
