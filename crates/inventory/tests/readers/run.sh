#!/bin/sh
: "${BASE:=acme/unused}"
BASE=acme/base
for split in train test; do
  sudo -E huggingface-cli download "$BASE" --revision "$REV" > log 2>&1
done
(cd x && VLLM_USE_MODELSCOPE=1 vllm serve acme/scope)
git clone -b v2 git@hf.co:acme/cloned
x=$(curl -fsSL https://huggingface.co/datasets/acme/fetched/resolve/main/a.csv | head)
curl https://api.anthropic.com/v1/messages -d '{"model": "claude-x"}'
lm-eval --model hf --model_args "pretrained=acme/evaluated,peft=acme/tuned,trust_remote_code=True"
python train.py --base_model=acme/trained --dataset_name acme/rows +data.model_id=acme/hydra
cat > Modelfile <<END
FROM small:2b
END
echo 'vllm serve acme/echoed'; grep acme/found file
if [ -z "$Y" ]; then llama-server -hf acme/gguf:Q4_0; fi
ramalama pull hf://acme/ram
MODEL_OF_ARGUMENT=${1:-acme/of-argument}
hf download "$MODEL_OF_ARGUMENT"
for repo in acme/loop-a acme/loop-b; do
  hf download "$repo" --repo-type dataset
  for tag in 1b 3b; do ollama pull "acme-loop:$tag"; done
  ollama pull acme-once
done
hf download "$repo"
REPOS=(
  "acme/array-a" # the small one
  acme/array-b
)
for one in "${REPOS[@]}" acme/array-c; do
  hf download "$one"
done
(cd x && hf download acme/after-an-array)
