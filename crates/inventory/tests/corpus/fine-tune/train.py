#!/usr/bin/env python
# Fine-tunes a small model. Started by dvc.yaml.
import argparse
import json
import logging
import os
from dataclasses import dataclass, field
from typing import Optional

import datasets
import torch
from datasets import load_dataset
from huggingface_hub import snapshot_download as fetch
from peft import AutoPeftModelForCausalLM, LoraConfig, PeftModel
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification as Classifier,
    AutoTokenizer,
    HfArgumentParser,
    T5ForConditionalGeneration,
)

logger = logging.getLogger(__name__)

BASE_REVISION = "a01b1cb39850c116b69e39492b90690f9bcf6eb3"
TEACHERS = dict(
    small="google/gemma-2-2b-it",
    big="google/gemma-2-9b-it",
)


@dataclass
class ModelArguments:
    """What to train."""

    model_name_or_path: str = field(
        default="meta-llama/Llama-3.2-1B",
        metadata={"help": "a path or an id, for instance EleutherAI/pythia-70m"},
    )
    tokenizer_name: Optional[str] = "meta-llama/Llama-3.2-1B-Instruct"
    attention: str = "flash/sdpa"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--student",
        default="EleutherAI/pythia-410m",
        type=str,
        help="the student",
    )
    parser.add_argument("--student-revision", default="step143000")
    parser.add_argument("--dataset_name", default=os.environ.get("DATASET", "HuggingFaceH4/ultrachat_200k"))
    parser.add_argument("--output_dir", default="runs/latest")
    return parser.parse_args()


def student(args):
    model = AutoModelForCausalLM.from_pretrained(args.student, revision=args.student_revision)
    data = load_dataset(args.dataset_name, split="train_sft")
    return model, data


def base(model_args: ModelArguments):
    model = AutoModelForCausalLM.from_pretrained(
        model_args.model_name_or_path, revision=BASE_REVISION, torch_dtype=torch.bfloat16
    )
    tokenizer = AutoTokenizer.from_pretrained(model_args.tokenizer_name, use_fast=True)
    return model, tokenizer


def teachers():
    small = AutoModelForCausalLM.from_pretrained(TEACHERS["small"], local_files_only=True)
    big = AutoModelForCausalLM.from_pretrained(TEACHERS.get("big"))
    return small, big


def remote_code():
    pinned = AutoModelForCausalLM.from_pretrained(
        "tiiuae/falcon-7b",
        revision="348a5f2ae92323bfcbbe900183db0ead2be6ef13",
        trust_remote_code=True,
        code_revision="9e512ee8c2c23532f18a76e1334447671d74f525",
    )
    half = AutoModelForCausalLM.from_pretrained("mosaicml/mpt-7b", trust_remote_code=True, revision="d16a28767731e8ed207255776900373cfa90be68")
    moving = AutoModelForCausalLM.from_pretrained("THUDM/chatglm3-6b", revision="1920e23b1067c8c4be9f4c0f62cd0c05beddcfe2", code_revision="main", trust_remote_code=True)
    never = AutoConfig.from_pretrained("bigscience/bloom-560m", trust_remote_code=False)
    return pinned, half, moving, never


def adapters(model):
    merged = PeftModel.from_pretrained(model, "tloen/alpaca-lora-7b", is_trainable=False)
    auto = AutoPeftModelForCausalLM.from_pretrained("ybelkada/opt-350m-lora", revision="18f351844e18db5b8e1483eabac25e9b30aa71b9")
    model.load_adapter(peft_model_id="ybelkada/opt-6.7b-lora", adapter_name="second")
    return merged, auto, LoraConfig(r=8, target_modules=["q_proj", "v_proj"])


def data():
    squad = load_dataset("squad", split="train[:1%]")
    glue = load_dataset("nyu-mll/glue", "mrpc")
    web = datasets.load_dataset("HuggingFaceFW/fineweb-edu", name="sample-10BT", streaming=True, revision="3cf9c6c9b336a9602de9ae31a8d16ff377855fc1")
    old = load_dataset(path="EdinburghNLP/xsum", revision="1.0.0", trust_remote_code=True)
    local = load_dataset("json", data_files={"train": "data/train.jsonl"})
    remote = load_dataset("parquet", data_files="hf://datasets/wikimedia/wikipedia/20231101.simple/*.parquet")
    return squad, glue, web, old, local, remote


def classifiers():
    # The two below are compared in the report.
    first = Classifier.from_pretrained("distilbert/distilbert-base-uncased", num_labels=3)
    second = Classifier.from_pretrained(pretrained_model_name_or_path="microsoft/deberta-v3-base", revision="0ac7a7699fe2908681a7d026f0c643b8354be018", num_labels=3)
    third = T5ForConditionalGeneration.from_pretrained("google/flan-t5-base" if torch.cuda.is_available() else "google/flan-t5-small")
    return first, second, third


def mirror():
    return fetch(repo_id="HuggingFaceTB/SmolLM2-135M", revision="main", allow_patterns=["onnx/*", "*.json"])


def report(path):
    logger.info("trained from meta-llama/Llama-2-7b-hf with %s", path)
    print(f"see microsoft/phi-1_5 for the numbers in {path}")
    with open(path) as stream:
        return json.load(stream)["eval/loss"]


if __name__ == "__main__":
    (model_args,) = HfArgumentParser(ModelArguments).parse_args_into_dataclasses()
    base(model_args)
