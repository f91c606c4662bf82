"""Speech to text, several ways."""

import os
from pathlib import Path

import torch
import torch.hub as torch_hub
from faster_whisper import WhisperModel
from modelscope import AutoModelForCausalLM as MsCausal
from modelscope import snapshot_download as ms_download
from modelscope.pipelines import pipeline as ms_pipeline
from torch.hub import load as hub_load
import kagglehub
import nemo.collections.asr as nemo_asr

SILERO = "snakers4/silero-vad"
DEFAULT = Path("audio/wav")

vad, tools = torch.hub.load(SILERO, "silero_vad", trust_repo=True)
yolo = torch.hub.load("ultralytics/yolov5", "yolov5s", pretrained=True)
resnet = torch.hub.load("pytorch/vision:v0.10.0", "resnet18", weights="IMAGENET1K_V1")
dino = torch_hub.load("facebookresearch/dinov2:main", "dinov2_vits14", trust_repo="check")
midas = hub_load("isl-org/MiDaS:a2e6a1590a5d6da4c989b14b94dc22a398674ff1", "MiDaS_small", trust_repo=False)
own = torch.hub.load("./vendor/hub", "tiny", source="local")

base = torch.hub.load_state_dict_from_url("https://dl.fbaipublicfiles.com/fairseq/wav2vec/wav2vec_small.pt", progress=False)
sam = torch.hub.load_state_dict_from_url(
    "https://dl.fbaipublicfiles.com/segment_anything/sam_vit_b_01ec64.pth",
    weights_only=True,
)
detector = torch.hub.load_state_dict_from_url(url="https://github.com/ultralytics/assets/releases/download/v8.2.0/yolov8n.pt")

large = WhisperModel("Systran/faster-whisper-large-v3", device="cuda", compute_type="float16")
fast = WhisperModel(os.getenv("WHISPER", "Systran/faster-distil-whisper-large-v3"), local_files_only=True)
parakeet = nemo_asr.models.ASRModel.from_pretrained(model_name="nvidia/parakeet-tdt-0.6b-v2")

qwen = ms_download("qwen/Qwen-Audio-Chat", revision="v1.0.3")
chat = MsCausal.from_pretrained("Qwen/Qwen2-Audio-7B-Instruct", device_map="auto", trust_remote_code=True)
punctuate = ms_pipeline(task="punctuation", model="iic/punc_ct-transformer_cn-en-common-vocab471067-large")

gemma = kagglehub.model_download("google/gemma/pyTorch/2b-it")
yamnet = kagglehub.model_download("google/yamnet/tensorFlow2/yamnet/1")
sounds = kagglehub.dataset_download("mmoreaux/environmental-sound-classification-50")


def note(text: str) -> str:
    return f"transcribed by openai/whisper-tiny: {text}"
