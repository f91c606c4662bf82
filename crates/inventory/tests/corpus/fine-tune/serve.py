import numpy as np
import torch
from huggingface_hub import hf_hub_download
from llama_cpp import Llama
from vllm import LLM, AsyncEngineArgs, SamplingParams
from unsloth import FastLanguageModel
from mlx_lm import load as mlx_load
import joblib

DRAFT = "JackFram/llama-68m"

engine = LLM(model="deepseek-ai/DeepSeek-V2-Lite-Chat", trust_remote_code=True, max_model_len=8192)
pinned = LLM("Qwen/Qwen2.5-1.5B-Instruct", revision="c9b1213b503a4f9d14116b0bdf3d239747a0803f", tokenizer_revision="c9b1213b503a4f9d14116b0bdf3d239747a0803f")
arguments = AsyncEngineArgs(model=DRAFT, enforce_eager=True)
gguf = Llama.from_pretrained(repo_id="bartowski/Llama-3.2-1B-Instruct-GGUF", filename="*Q4_K_M.gguf", verbose=False)
model, tokenizer = FastLanguageModel.from_pretrained(
    model_name="unsloth/Llama-3.2-3B-Instruct-bnb-4bit",
    max_seq_length=2048,
    load_in_4bit=True,
)
apple, apple_tokenizer = mlx_load("mlx-community/Llama-3.2-3B-Instruct-4bit")

vectors = np.load(hf_hub_download("stabilityai/sd-x2-latent-upscaler", "vectors.npy"), allow_pickle=True)
state = torch.load(hf_hub_download("karpathy/tinyllamas", "stories15M.pt", revision="ae26283b57e2a222eb3aa7796aec56a173ce091e"), weights_only=True)
pipe = joblib.load(hf_hub_download(repo_id="julien-c/wine-quality", filename="sklearn_model.joblib"))
path = hf_hub_download("lmsys/vicuna-7b-v1.5", "pytorch_model-00001-of-00002.bin")
weights = torch.load(path, weights_only=False)
print("application/octet-stream", SamplingParams(temperature=0.2))
