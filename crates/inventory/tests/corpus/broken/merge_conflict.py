from transformers import pipeline

<<<<<<< HEAD
ner = pipeline("ner", model="dbmdz/bert-large-cased-finetuned-conll03-english")
=======
ner = pipeline("ner", model="Jean-Baptiste/roberta-large-ner-english")
>>>>>>> feature/ner
