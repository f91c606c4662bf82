#!/usr/bin/env bash
# Fetches what the service needs. Not fetched: facebook/mms-1b-all
set -euo pipefail

MODEL="${ASR_MODEL:-openai/whisper-large-v3-turbo}"
OUT=models/asr

hf download "$MODEL" --local-dir "$OUT"
huggingface-cli download pyannote/segmentation-3.0 pytorch_model.bin --revision=c70456b9214de5ad44b4ed76b981152093ee5cbf
hf download --repo-type dataset mozilla-foundation/common_voice_17_0 --include "en/*"
git lfs install
git clone https://huggingface.co/coqui/XTTS-v2 "$OUT/xtts"
GIT_LFS_SKIP_SMUDGE=1 git clone --depth 1 --branch v2.1 https://huggingface.co/speechbrain/spkrec-ecapa-voxceleb
git clone https://huggingface.co/spaces/openai/whisper
git clone https://github.com/ggml-org/whisper.cpp build/whisper
wget -q "https://huggingface.co/ggerganov/whisper.cpp/resolve/318271d96d710448e999b3a92dae7c9746b4f2da/for-tests-ggml-base.en.bin" -O base.bin
curl -L -o silero.onnx https://github.com/snakers4/silero-vad/raw/v5.1/src/silero_vad/data/silero_vad.onnx
curl -sSLO https://dl.example-models.org/voices/en_US-amy-medium.onnx
ngc registry model download-version "nvidia/tao/speechtotext_en_us_citrinet:trainable_v4.0"
ollama pull nomic-embed-text
ollama run hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q8_0 "hello"
echo "to try another one: ollama pull mixtral:8x7b"
tar czf backup/models.tar.gz "$OUT"
