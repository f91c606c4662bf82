from __future__ import annotations

import os
from dataclasses import dataclass

from anthropic import Anthropic, AsyncAnthropic
from openai import AsyncOpenAI, AzureOpenAI, OpenAI
from transformers import pipeline as make_pipeline

from rag import settings as conf

CHAT_MODEL = "gpt-4o-2024-08-06"
EMBEDDING = {"small": "text-embedding-3-small", "large": "text-embedding-3-large"}
PROMPT = "Answer yes, no, and/or explain; cite [section/paragraph]."

client = OpenAI()
claude = Anthropic()
azure = AzureOpenAI(api_version="2024-06-01", azure_endpoint=os.environ["AZURE_ENDPOINT"])
router = OpenAI(base_url="https://openrouter.ai/api/v1", api_key=os.environ["OPENROUTER_API_KEY"])
local = OpenAI(base_url="http://localhost:8000/v1", api_key="none")
legacy = OpenAI(api_key="sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")


@dataclass
class Answer:
    text: str
    source: str = "handbook/intro.md"


def ask(question: str) -> Answer:
    reply = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": question}],
    )
    return Answer(reply.choices[0].message.content)


def vector(text: str) -> list[float]:
    return client.embeddings.create(model=EMBEDDING["small"], input=text).data[0].embedding


def ask_claude(question: str) -> str:
    message = claude.messages.create(
        model="claude-3-5-sonnet-20241022",
        max_tokens=1024,
        messages=[{"role": "user", "content": question}],
    )
    return message.content[0].text


async def ask_haiku(question: str) -> str:
    async with AsyncAnthropic() as quick:
        message = await quick.messages.create(model="claude-3-haiku-20240307", max_tokens=200, messages=[])
    return message.content[0].text


def ask_azure(question: str):
    return azure.chat.completions.create(model="gpt-4o-westeurope", messages=[{"role": "user", "content": question}])


def ask_router(question: str):
    return router.chat.completions.create(
        model="meta-llama/llama-3.1-70b-instruct", messages=[{"role": "user", "content": question}]
    )


def ask_local(question: str):
    return local.chat.completions.create(model="Qwen/Qwen2.5-7B-Instruct", messages=[{"role": "user", "content": question}])


def complete(prompt: str, *, model: str = "o3-mini"):
    return client.responses.create(model=model, input=prompt)


def settings_answer(prompt: str):
    chosen = conf.Settings()
    return client.responses.create(model=chosen.answerer, input=prompt)


def generator():
    return make_pipeline("text-generation", model=conf.GENERATOR)


def classifier():
    return make_pipeline(
        "zero-shot-classification",
        model="facebook/bart-large-mnli",
        revision="52513bd406780f16c0f698f1c6f31b3e134c2d1d",
    )


async def transcribe(path: str) -> str:
    remote = AsyncOpenAI()
    with open(path, "rb") as audio:
        return (await remote.audio.transcriptions.create(model="whisper-1", file=audio)).text
