import { pipeline } from "@huggingface/transformers";
type = = string;
/* pipeline("x", "Xenova/old") */
const rank = await pipeline("text-classification", "Xenova/bge-reranker-base");
