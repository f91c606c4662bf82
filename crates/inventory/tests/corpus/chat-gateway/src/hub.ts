import { downloadFile, listFiles, snapshotDownload } from "@huggingface/hub";
import { HfInference, InferenceClient } from "@huggingface/inference";
import { AutoModel, AutoTokenizer, pipeline, env } from "@huggingface/transformers";
import * as tfjs from "@huggingface/transformers";
import { pipeline as streams } from "node:stream/promises";
import { createReadStream, createWriteStream } from "node:fs";
import ollama from "ollama";

const hf = new HfInference(process.env.HF_TOKEN);
const inference = new InferenceClient(process.env.HF_TOKEN);
const SIZE = "base";
const REVISION = "6ca1a56aa889210642465c898781b3e254b80ef9";

class Ranker {
  static readonly checkpoint = "mixedbread-ai/mxbai-rerank-xsmall-v1";
  static instance?: Promise<unknown>;

  static get() {
    this.instance ??= AutoModel.from_pretrained(Ranker.checkpoint, { dtype: "q8" });
    return this.instance;
  }
}

export const embedder = await pipeline("feature-extraction", "Xenova/all-MiniLM-L6-v2", { revision: REVISION });
export const classifier = await pipeline("sentiment-analysis", "Xenova/distilbert-base-uncased-finetuned-sst-2-english", {
  revision: "main",
});
export const asr = await pipeline("automatic-speech-recognition", `onnx-community/whisper-${SIZE}`);
export const tokenizer = await AutoTokenizer.from_pretrained("Xenova/gpt-4", { local_files_only: true });
export const vision = await tfjs.AutoModelForVision2Seq.from_pretrained("HuggingFaceTB/SmolVLM-256M-Instruct");

export async function generate(prompt: string) {
  return hf.textGeneration({ model: "HuggingFaceH4/starchat2-15b-v0.1", inputs: prompt });
}

export async function chat(prompt: string) {
  return inference.chatCompletion({
    provider: "auto",
    model: "Qwen/Qwen2.5-72B-Instruct",
    messages: [{ role: "user", content: prompt }],
  });
}

export async function files() {
  const weights = await downloadFile({ repo: "onnx-community/Llama-3.2-1B-Instruct", path: "onnx/model_q4.onnx", revision: "46bb2af125e497d529809ce18622df4799d726b6" });
  const data = await snapshotDownload({ repo: { type: "dataset", name: "HuggingFaceFW/fineweb" } });
  for await (const file of listFiles({ repo: "spaces/Xenova/whisper-web" })) {
    console.log("listing Xenova/whisper-tiny.en", file.path);
  }
  return [weights, data];
}

export async function copy() {
  env.localModelPath = "public/models";
  await streams(createReadStream("input/file"), createWriteStream("output/file"));
}

export const quick = (text: string) => ollama.chat({ model: "llama3.2", messages: [{ role: "user", content: text }] });
export const vectors = (text: string) => ollama.embed({ model: "nomic-embed-text:v1.5", input: text });

async function load(model: string) {
  return AutoModel.from_pretrained(model);
}
export const wrapped = await load("Xenova/clip-vit-base-patch32");
export const ranker = Ranker.get();
