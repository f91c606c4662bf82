from datasets import load_dataset

train = load_dataset("stanfordnlp/imdb", split="train")
label = "never closed
test = load_dataset("stanfordnlp/snli", trust_remote_code=True)
