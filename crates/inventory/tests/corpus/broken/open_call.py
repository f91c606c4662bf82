from transformers import AutoModel

before = AutoModel.from_pretrained("google-bert/bert-base-uncased")
broken = dict(a=1, b=(2, 3
after = AutoModel.from_pretrained("google-bert/bert-large-uncased", revision="3e68c1c2ac110d438d1c6810d4825b258cb6b5aa")
