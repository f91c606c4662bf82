import json
import os

import boto3
import cohere
import google.generativeai as palm
import litellm
import ollama
import vertexai
from google import genai
from langchain.chat_models import init_chat_model
from langchain_anthropic import ChatAnthropic
from langchain_aws import ChatBedrock
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_google_vertexai import ChatVertexAI
from langchain_huggingface import HuggingFaceEmbeddings, HuggingFaceEndpoint
from langchain_mistralai import ChatMistralAI
from langchain_ollama import ChatOllama, OllamaEmbeddings
from langchain_openai import AzureChatOpenAI, ChatOpenAI, OpenAIEmbeddings
from litellm import acompletion, completion
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.llms.openai import OpenAI as IndexOpenAI
from mistralai import Mistral
from vertexai.generative_models import GenerativeModel

CLAUDE_ON_AWS = "anthropic.claude-3-5-sonnet-20241022-v2:0"
ROLES = {"planner": "plan/act", "critic": "review"}
KEY = "sk-ant-api03-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaAA"

planner = ChatOpenAI(model="gpt-4o", temperature=0)
critic = ChatOpenAI(model_name="gpt-4-turbo")
writer = ChatAnthropic(model="claude-3-7-sonnet-latest", api_key=KEY)
azure = AzureChatOpenAI(azure_deployment="gpt-4o-mini-eu", api_version="2024-08-01-preview")
gemini = ChatGoogleGenerativeAI(model="gemini-1.5-pro")
vertex = ChatVertexAI(model="gemini-1.5-flash-002", location="europe-west4")
mistral = ChatMistralAI(model="mistral-large-latest")
titan = ChatBedrock(model_id="amazon.titan-text-premier-v1:0")
embed = OpenAIEmbeddings(model="text-embedding-ada-002")
any_model = init_chat_model("openai:gpt-4.1-mini")
llama = ChatOllama(model="llama3.1:8b", temperature=0.1)
nomic = OllamaEmbeddings(model="mxbai-embed-large")
minilm = HuggingFaceEmbeddings(model_name="sentence-transformers/all-MiniLM-L12-v2")
endpoint = HuggingFaceEndpoint(repo_id="mistralai/Mistral-Nemo-Instruct-2407", task="text-generation")
index_embed = HuggingFaceEmbedding(model_name="Alibaba-NLP/gte-base-en-v1.5", trust_remote_code=True)
index_llm = IndexOpenAI(model="gpt-3.5-turbo")

vertexai.init(project=os.environ["GCP_PROJECT"], location="us-central1")
reader = GenerativeModel("gemini-1.5-pro-001")
palm_model = palm.GenerativeModel(model_name="gemini-1.5-flash")


def gemini_answer(prompt: str):
    client = genai.Client()
    return client.models.generate_content(model="gemini-2.0-flash", contents=prompt)


def gemini_on_vertex(prompt: str):
    client = genai.Client(vertexai=True, project="acme", location="us-central1")
    return client.models.generate_content(model="gemini-2.0-flash-001", contents=prompt)


def aws(prompt: str):
    runtime = boto3.client("bedrock-runtime", region_name="us-east-1")
    body = json.dumps({"inputText": prompt})
    first = runtime.invoke_model(modelId="meta.llama3-1-8b-instruct-v1:0", body=body, contentType="application/json")
    second = runtime.converse(modelId=CLAUDE_ON_AWS, messages=[])
    return first, second


def others(prompt: str):
    m = Mistral(api_key=os.environ["MISTRAL_API_KEY"]).chat.complete(model="open-mistral-nemo", messages=[])
    c = cohere.ClientV2().chat(model="command-r-plus-08-2024", messages=[])
    r = cohere.Client().rerank(model="rerank-english-v3.0", query=prompt, documents=[])
    o = ollama.chat(model="qwen2.5:7b-instruct-q4_K_M", messages=[])
    e = ollama.embeddings(model="all-minilm", prompt=prompt)
    return m, c, r, o, e


def gateway(prompt: str):
    a = completion(model="anthropic/claude-3-5-sonnet-20240620", messages=[])
    b = litellm.completion(model="bedrock/amazon.nova-pro-v1:0", messages=[])
    return a, b


async def gateway_local(prompt: str, model: str = "ollama/llama3"):
    return await acompletion(model=model, messages=[], api_base="http://localhost:11434")


def answer_with(client, name):
    return client.chat.completions.create(model=name, messages=[])


def review():
    from openai import OpenAI

    return answer_with(OpenAI(), "o1-mini")
