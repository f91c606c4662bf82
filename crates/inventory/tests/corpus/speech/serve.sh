#!/bin/sh
PORT=8080
MODEL_ID=mistralai/Mixtral-8x7B-Instruct-v0.1

llama-server -hf ggml-org/gemma-3-1b-it-GGUF --port $PORT &
llama-cli --hf-repo microsoft/Phi-3-mini-4k-instruct-gguf --hf-file Phi-3-mini-4k-instruct-q4.gguf -p "hi" &
vllm serve OpenGVLab/InternVL2-2B --trust-remote-code --revision 109362dc1874af1b8ea186c0205cc122cd62faca --code-revision 9f70780330f8160e275646527e8158e90909f2c5 &
python -m vllm.entrypoints.openai.api_server --model NousResearch/Hermes-3-Llama-3.1-8B --tokenizer NousResearch/Meta-Llama-3.1-8B &
text-generation-launcher --model-id $MODEL_ID --quantize bitsandbytes &
VLLM_USE_MODELSCOPE=true vllm serve qwen/Qwen2.5-0.5B-Instruct &
docker model pull ai/smollm2
docker run -p 8081:80 ghcr.io/huggingface/text-embeddings-inference:1.5 --model-id intfloat/multilingual-e5-small

curl -s https://api.openai.com/v1/chat/completions -H "Authorization: Bearer $OPENAI_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"model": "gpt-4.1-nano", "messages": [{"role": "user", "content": "hi"}]}'
