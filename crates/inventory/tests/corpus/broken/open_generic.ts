import { AutoModel } from "@huggingface/transformers";
const cache: Map<string, Promise<unknown> = new Map();
export const model = await AutoModel.from_pretrained("onnx-community/Qwen2.5-0.5B-Instruct");
