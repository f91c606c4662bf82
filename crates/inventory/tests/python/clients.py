import os

from openai import AsyncOpenAI, AzureOpenAI, OpenAI
import openai

OPENROUTER = "https://openrouter.ai/api/v1"


def client() -> OpenAI:
    return OpenAI(base_url=OPENROUTER)


class Chat:
    def __init__(self, url="http://127.0.0.1:8080/v1"):
        self.client = OpenAI(base_url=url)
        self.azure = AzureOpenAI(azure_endpoint="https://acme.openai.azure.com")

    def ask(self, text, model="local/model"):
        self.azure.chat.completions.create(model="azure-deployment", messages=[])
        return self.client.chat.completions.create(model=model, messages=[])


def annotated(client: AsyncOpenAI):
    return client.responses.create(model="gpt-annotated", input="gpt-no/text")


client().chat.completions.create(model="router/model", messages=[])
openai.chat.completions.create(model="gpt-module", messages=[])
openai.ChatCompletion.create(model="gpt-legacy", messages=[{"content": "gpt-4/no"}])
deepseek = OpenAI(base_url=os.getenv("URL", "https://api.deepseek.com"))
deepseek.chat.completions.create(model="deepseek-chat", messages=[])
unused = OpenAI()
os.environ["HF_MODEL_ID"] = "org/environment"
