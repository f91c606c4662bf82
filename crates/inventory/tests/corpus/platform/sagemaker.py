from sagemaker.huggingface import HuggingFaceModel
from azure.ai.inference import ChatCompletionsClient
from azure.core.credentials import AzureKeyCredential

hub = {
    "HF_MODEL_ID": "deepset/roberta-base-squad2",
    "HF_TASK": "question-answering",
}

model = HuggingFaceModel(env=hub, role="service-role/sagemaker", transformers_version="4.37", pytorch_version="2.1", py_version="py310")
client = ChatCompletionsClient(endpoint="https://acme.services.ai.azure.com/models", credential=AzureKeyCredential(""))
reply = client.complete(model="Phi-4-mini-instruct", messages=[])
