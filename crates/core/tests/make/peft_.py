"""Objects of peft: configurations and a small model with adapters."""

LIBRARY = "peft"


def objects():
    import peft
    import torch
    import transformers

    torch.manual_seed(7)
    yield "configurations", [peft.LoraConfig(r=2, target_modules=["a"]), peft.PromptTuningConfig(num_virtual_tokens=2), peft.PrefixTuningConfig(num_virtual_tokens=2)]
    yield "kinds", [peft.PeftType.LORA, peft.TaskType.CAUSAL_LM]
    config = transformers.GPT2Config(n_embd=4, n_layer=1, n_head=2, vocab_size=8, n_positions=8, bos_token_id=0, eos_token_id=0)
    base = transformers.GPT2LMHeadModel(config)
    yield "adapted", peft.get_peft_model(base, peft.LoraConfig(r=2, target_modules=["c_attn"], task_type="CAUSAL_LM", fan_in_fan_out=True))


def files(folder):
    import torch

    for name, value in objects():
        torch.save(value, folder / f"{name}.pt")
