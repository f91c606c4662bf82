"""A small studio: text to picture, picture to picture.

Set MODEL to ``CompVis/stable-diffusion-v1-4`` for the old look.
"""
import argparse
import os

import gradio as gr
import torch
from diffusers import AutoencoderKL, ControlNetModel, DiffusionPipeline, StableDiffusionXLControlNetPipeline
from diffusers import StableDiffusionPipeline as SDPipeline
from gradio_client import Client
from huggingface_hub import hf_hub_download, snapshot_download
import huggingface_hub as hub

BASE = "stabilityai/stable-diffusion-xl-base-1.0"
VARIANTS = {
    "fast": "stabilityai/sdxl-turbo",
    "best": "black-forest-labs/FLUX.1-dev",
}
OUTPUT = "image/png"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="studio")
    parser.add_argument("--controlnet", default="diffusers/controlnet-canny-sdxl-1.0", help="a hub id, such as lllyasviel/sd-controlnet-canny")
    parser.add_argument("--vae", type=str, default="madebyollin/sdxl-vae-fp16-fix")
    parser.add_argument("--out", default="out/pictures")
    return parser.parse_args()


def build(args: argparse.Namespace):
    controlnet = ControlNetModel.from_pretrained(args.controlnet, torch_dtype=torch.float16, use_safetensors=True)
    vae = AutoencoderKL.from_pretrained(args.vae, torch_dtype=torch.float16)
    return StableDiffusionXLControlNetPipeline.from_pretrained(
        BASE, controlnet=controlnet, vae=vae, revision="fc2d5e443602e804e8c5789f474afa10d81fe5ac", variant="fp16"
    )


def variant(name: str):
    return DiffusionPipeline.from_pretrained(VARIANTS[name])


def old():
    pipe = SDPipeline.from_pretrained("stable-diffusion-v1-5/stable-diffusion-v1-5", revision="fp16", use_safetensors=False)
    pipe.load_lora_weights("latent-consistency/lcm-lora-sdv1-5")
    pipe.load_textual_inversion("sd-concepts-library/cat-toy")
    return pipe


def single_file():
    return SDPipeline.from_single_file(
        "https://huggingface.co/stable-diffusion-v1-5/stable-diffusion-v1-5/blob/main/v1-5-pruned.ckpt"
    )


def files():
    config = hf_hub_download("openai/clip-vit-large-patch14", "config.json", revision="refs/pr/4")
    weights = hf_hub_download(repo_id="ByteDance/SDXL-Lightning", filename="sdxl_lightning_4step_lora.safetensors", revision="v1.0")
    prompts = snapshot_download("Gustavosta/Stable-Diffusion-Prompts", repo_type="dataset", local_files_only=False)
    aesthetics = torch.load(
        hub.hf_hub_download(repo_id="camenduru/improved-aesthetic-predictor", filename="sac+logos+ava1-l14-linearMSE.pth"),
        weights_only=False,
    )
    return config, weights, prompts, aesthetics


def upscale(picture: str) -> str:
    remote = Client("finegrain/finegrain-image-enhancer")
    return remote.predict(picture, api_name="/process")


tagger = gr.load("models/google/vit-base-patch16-224")
captioner = gr.load("spaces/hysts/ViTPose-transformers")
alternative = gr.load("Salesforce/blip-image-captioning-base", src="models", token=os.environ.get("HF_TOKEN"))

if __name__ == "__main__":
    build(parse())
    gr.TabbedInterface([tagger, captioner], ["tag", "caption"]).launch()
