from sentence_transformers import SentenceTransformer


class Index:
    def build(self):
        model = SentenceTransformer("sentence-transformers/gtr-t5-base")
      return model
    # "sentence-transformers/gtr-t5-xl"
