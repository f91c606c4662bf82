import Anthropic from "@anthropic-ai/sdk";
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { anthropic } from "@ai-sdk/anthropic";
import { azure } from "@ai-sdk/azure";
import { cohere } from "@ai-sdk/cohere";
import { google } from "@ai-sdk/google";
import { vertex as vtx } from "@ai-sdk/google-vertex";
import { mistral } from "@ai-sdk/mistral";
import { createOpenAI, openai } from "@ai-sdk/openai";
import { GoogleGenAI } from "@google/genai";
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { ChatOpenAI } from "@langchain/openai";
import { ChatAnthropic as Claude } from "@langchain/anthropic";
import { generateText, type LanguageModel } from "ai";
import OpenAI, { AzureOpenAI } from "openai";
import type { Request } from "@app/models/request";

/**
 * Answers with openai("gpt-4-32k") in the first version.
 */
export const FAST = "gpt-4o-mini";
const CAREFUL: string = process.env.CAREFUL_MODEL ?? "claude-3-opus-20240229";

export const MODELS = {
  small: "gpt-4.1-mini",
  large: "gpt-4.1",
} as const;

const bedrock = createAmazonBedrock({ region: "us-east-1" });
const router = createOpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });
const local = createOpenAI({ baseURL: "http://localhost:1234/v1", apiKey: "none" });
const client = new OpenAI();
const claude = new Anthropic();

export function pick(kind: string): LanguageModel {
  switch (kind) {
    case "quick/cheap":
      return openai(FAST);
    case "careful":
      return anthropic(CAREFUL);
    case "table":
      return openai(MODELS.small);
    case "google":
      return google("gemini-1.5-flash-latest");
    case "vertex":
      return vtx("gemini-1.5-pro-002");
    case "mistral":
      return mistral("mistral-small-latest");
    case "cohere":
      return cohere("command-r-plus");
    case "azure":
      return azure("gpt-4o-sweden");
    case "aws":
      return bedrock("anthropic.claude-3-haiku-20240307-v1:0");
    case "router":
      return router.chat("anthropic/claude-3.5-sonnet");
    default:
      return local("qwen2.5-7b-instruct");
  }
}

export async function ask(req: Request, model = "gpt-4o") {
  const reply = await client.chat.completions.create({ model, messages: req.messages });
  return reply.choices[0]?.message.content ?? "";
}

export async function embed(text: string) {
  return client.embeddings.create({ model: "text-embedding-3-large", input: text });
}

export async function judge(text: string) {
  // model: "claude-2.1" answered too slowly
  return claude.messages.create({
    model: "claude-3-5-haiku-20241022",
    max_tokens: 256,
    messages: [{ role: "user", content: text }],
  });
}

export async function gemini(text: string) {
  const ai = new GoogleGenAI({ apiKey: "AIzaAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" });
  return ai.models.generateContent({ model: "gemini-2.5-flash", contents: text });
}

export const chain = new ChatOpenAI({ model: "gpt-4o-2024-11-20", temperature: 0 });
export const alias = new Claude({ model: "claude-3-5-sonnet-latest" });
export const onAzure = new AzureOpenAI({ deployment: "summaries-gpt4o", apiVersion: "2024-10-21" });

export const summary = (prompt: string) => generateText({ model: openai("gpt-3.5-turbo-instruct"), prompt });
