"""The shortest way to an answer."""
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

base = AutoModelForCausalLM.from_pretrained("HuggingFaceTB/SmolLM2-1.7B-Instruct", device_map="auto")
tuned = PeftModel.from_pretrained(base, "outputs/lora")
tokenizer = AutoTokenizer.from_pretrained("results/tokenizer")
settings = GenerationConfig.from_pretrained("HuggingFaceTB/SmolLM2-1.7B-Instruct", revision="v0.3")
print(settings, "tokens/second")
