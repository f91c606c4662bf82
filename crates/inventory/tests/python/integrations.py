import guidance
import instructor
import replicate
from agents import Agent as OpenAiAgent
from agno.models.anthropic import Claude
from auto_gptq import AutoGPTQForCausalLM
from chromadb.utils import embedding_functions
from crewai import Agent
from huggingface_hub import HfApi, InferenceClient
from langchain.chat_models import init_chat_model
from langchain_community.llms import VLLM
from langchain_together import ChatTogether
from llama_index.core.postprocessor import SentenceTransformerRerank
from llama_index.llms.huggingface_api import HuggingFaceInferenceAPI
from speechbrain.inference.speaker import EncoderClassifier
from strands.models import BedrockModel
from TTS.api import TTS
from vllm.lora.request import LoRARequest

ChatTogether(model="org/together")
VLLM(model="org/vllm", trust_remote_code=True)
SentenceTransformerRerank(model="org/rerank", top_n=2)
HuggingFaceInferenceAPI(model_name="org/hosted")
AutoGPTQForCausalLM.from_quantized("org/quantized", use_safetensors=True)
embedding_functions.OpenAIEmbeddingFunction(model_name="text-embedding-3-small")
EncoderClassifier.from_hparams(source="org/speaker", savedir="out/no")
LoRARequest("no/name", 1, "org/lora")
TTS("tts_models/en/ljspeech/vits")
guidance.models.OpenAI("gpt-4o")
instructor.from_provider("openai/gpt-4.1-nano")
InferenceClient("org/asked")
HfApi().dataset_info("org/rows")
replicate.run("org/version:39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b", input={})
init_chat_model("ollama:llama3.2:3b")
Claude(id="claude-sonnet-4-0")
BedrockModel(model_id="us.amazon.nova-pro-v1:0")
OpenAiAgent(name="no/triage", model="o3-mini")
Agent(role="no/role", llm="openai/gpt-4o")
# What is given may be an object that is found where it is made.
Agent(role="no/role", llm=ChatTogether(model="org/made"))
Agent(role="no/role", llm=some)
import requests

requests.post("https://api.openai.com/v1/chat/completions", json={"model": "gpt-4o", "messages": []})
requests.post(url="https://api.anthropic.com/v1/messages", json={"model": "claude-2.1"})
requests.post("https://example.com/v1", json={"model": "no/other"})

import openai
from openai import OpenAI
from peft import PeftConfig
from transformers import AutoModel, HfArgumentParser

from fields import Fields

client = instructor.from_openai(OpenAI())
client.chat.completions.create(model="gpt-wrapped", messages=[])
openai.Completion.create(engine="text-davinci-003")
PeftConfig.from_pretrained("org/peft-config")
(fields,) = HfArgumentParser(Fields).parse_args_into_dataclasses()
AutoModel.from_pretrained(fields.field_model, revision=fields.field_revision)

import gradio
import keras
import litellm
from crewai import LLM
from keybert import KeyBERT
from llama_index.core import VectorStoreIndex
from llama_index.core.embeddings import resolve_embed_model
from smolagents import load_tool
from transformers import pipeline

litellm.completion(model="huggingface/org/asked-through", messages=[])
litellm.completion(model="ollama/llama3:8b", messages=[])
litellm.completion("azure/our-deployment")
litellm.completion("gpt-4o-mini")
litellm.completion("unknown/through-a-gateway")
LLM(model="anthropic/claude-3-haiku-20240307")
pipeline("zero-shot-classification")
pipeline(task="translation_en_to_de")
pipeline("no/such-task")
KeyBERT("all-mpnet-base-v2")
resolve_embed_model("local:org/resolved")
VectorStoreIndex.from_documents([], embed_model="local:org/indexed")
VectorStoreIndex.from_documents([], embed_model="default")
VectorStoreIndex.from_documents([], embed_model=some)
gradio.load("models/gpt2")
load_tool("org/tool", trust_remote_code=True)
keras.models.load_model("no-hub.keras")
import timm

timm.create_model("no-weights", pretrained=False)
timm.create_model("no-weights")
timm.create_model("with_weights", True)
timm.create_model("may_have_weights", pretrained=some)
timm.create_model("hf_hub:org/configured", pretrained=False)
