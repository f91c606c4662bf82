from transformers import AutoModel

from . import *
from .first import *
from .first import missing, other as missing

AutoModel.from_pretrained(missing)


# What calls itself with what it was given hands on no end of lists.
def applied(rules):
    for key in rules:
        for inner in rules[key]:
            applied({"rule": inner})
            AutoModel.from_pretrained(inner)


def nested(rules):
    for outer in rules:
        for inner in rules[outer].keys():
            for last in rules[outer][inner]:
                found = nested({"rule": last})
