from transformers import AutoModel, pipeline

BEFORE = "org/before"
AutoModel.from_pretrained(BEFORE)
x = [1, 2
pipeline("task", model="org/after-bracket")
def f(:
    AutoModel.from_pretrained("org/in-broken-function", revision="v1.0")
print "x", AutoModel.from_pretrained("org/in-print")
AutoModel.from_pretrained(BEFORE, revision="v2.0")
