"""Every way in which an id may be told. Docstring: AutoModel.from_pretrained("no/docstring")"""
import argparse
import enum
import functools
import importlib
import os
from dataclasses import dataclass, field
from typing import NamedTuple, Optional

import click
import transformers
import transformers as tf
import typer
from pydantic import Field
from pydantic_settings import BaseSettings
from transformers import AutoModel, AutoTokenizer as Tok
from transformers import *

try:
    from transformers import AutoModelForCausalLM
except ImportError:
    AutoModelForCausalLM = None

# AutoModel.from_pretrained("no/comment")
ORG, NAME = "org", "tuple-name"
BASE = "org/base"
ALIAS = BASE
MODELS = {"small": "org/small", "large": {"id": "org/large", "revision": "v1.0"}}
LIST = ["org/first", "org/second"]
COMMON = {"revision": "v2.1", "trust_remote_code": True}
TEMPLATE = "org/%s-{}"


class Size(enum.Enum):
    BIG = "org/enum-big"


class Settings(BaseSettings):
    name: str = Field("org/pydantic-field", description="no/description")
    other: str = Field(default="org/pydantic-default")


class Config(NamedTuple):
    model: str = "org/named-tuple"


@dataclass
class Options:
    model: str = field(default="org/dataclass-field")
    tokenizer: Optional[str] = None


class Base:
    checkpoint = "org/inherited"


class Loader(Base):
    def __init__(self, name="org/init-default", fallback: str | None = None):
        self.name = name
        self.fallback = fallback or "org/or-default"

    def load(self):
        return AutoModel.from_pretrained(self.name), AutoModel.from_pretrained(self.fallback)

    def inherited(self):
        return AutoModel.from_pretrained(self.checkpoint)

    @staticmethod
    def any(name):
        return AutoModel.from_pretrained(name)


AutoModel.from_pretrained(ALIAS)
AutoModel.from_pretrained(MODELS["large"]["id"], revision=MODELS["large"]["revision"])
AutoModel.from_pretrained(MODELS.get("small", "org/get-default"))
AutoModel.from_pretrained(f"{ORG}/{NAME}")
AutoModel.from_pretrained(ORG + "/" + NAME)
AutoModel.from_pretrained("%s/%s" % (ORG, NAME))
AutoModel.from_pretrained("{}/format".format(ORG))
AutoModel.from_pretrained("org/" "joined")
AutoModel.from_pretrained(Size.BIG.value)
AutoModel.from_pretrained(Settings().name)
AutoModel.from_pretrained(Settings().other)
AutoModel.from_pretrained(Config().model)
AutoModel.from_pretrained("org/kwargs", **COMMON)
AutoModel.from_pretrained(os.environ.get("M") or "org/or-environment")
AutoModel.from_pretrained(getattr(transformers, "AutoModel") and "org/and")
getattr(transformers, "AutoModel").from_pretrained("org/getattr")
tf.AutoModel.from_pretrained("org/module-alias")
AutoModelForCausalLM.from_pretrained("org/try-import")
BertModel.from_pretrained("org/star-import")
load = functools.partial(AutoModel.from_pretrained, revision="v3.1")
load("org/partial")
for each in LIST:
    AutoModel.from_pretrained(each)
for key, value in {"a": "org/item-a", "b": "org/item-b"}.items():
    AutoModel.from_pretrained(value)
all_of_them = [AutoModel.from_pretrained(one) for one in ("org/comprehension",)]
if (walrus := "org/walrus"):
    AutoModel.from_pretrained(walrus)
chosen = "org/then"
if os.environ.get("BIG"):
    chosen = "org/otherwise"
AutoModel.from_pretrained(chosen)
Loader.any("org/static-wrapper")
Loader("org/init-wrapper").load()
(lambda: AutoModel.from_pretrained("org/in-lambda"))()


def default_name():
    return "org/returned"


def typed(options: Options, config: "Config"):
    AutoModel.from_pretrained(default_name())
    return AutoModel.from_pretrained(options.model)


def optional(name: str, revision: Optional[str] = None, *, trust: bool = False):
    return AutoModel.from_pretrained(name, revision=revision, trust_remote_code=trust)


optional("org/wrapped")
optional("org/wrapped-revision", revision="0123456789012345678901234567890123456789", trust=True)


@click.command()
@click.option("--click-model", default="org/click")
def clicked(click_model):
    AutoModel.from_pretrained(click_model)


def typed_options(model: str = typer.Option("org/typer", help="no/help")):
    AutoModel.from_pretrained(model)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-m", "--model-name", default="org/argparse", help="no/argparse-help")
    args = parser.parse_args()
    AutoModel.from_pretrained(args.model_name)
    Tok.from_pretrained(unknown_name)
    AutoModel.from_pretrained(args.model_name if args.model_name else BASE)
