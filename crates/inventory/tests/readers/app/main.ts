import OpenAI from "openai";
import Claude from "@anthropic-ai/sdk";
import { createOpenAI } from "@ai-sdk/openai";
import { pipeline as load, AutoTokenizer } from "@huggingface/transformers";
import { downloadFile } from "@huggingface/hub";

enum Model { Small = "acme/enum" }
const names = { a: { model: "acme/nested" }, b: "acme/b" } as const;
const config = Object.freeze({ revision: "v1.0", dtype: "q8" });
const own = createOpenAI({ baseURL: "https://openrouter.ai/api/v1" });

class Service {
  private readonly client = new OpenAI({ baseURL: process.env.URL ?? "http://localhost:1/v1" });
  private claude: Claude;
  constructor(private model = "field-default") {
    this.claude = new Claude();
  }
  ask() {
    return this.client.chat.completions.create({ model: this.model, messages: [] });
  }
  tell = async () => this.claude.messages.create({ model: process.env.CLAUDE || "claude-default", messages: [] });
}

export async function typed(client: OpenAI, { model = "destructured" }: { model?: string }) {
  await client.embeddings.create({ model, input: "a/b" });
}

const make = (task: string, id: string, revision?: string) => load(task as never, id, { revision });
make("ner", Model.Small, "main");
make("ner", names.a.model);
await load("ner", flag ? "acme/yes" : "acme/no", { ...config });
await load("ner", `${names.b}-${size}`);
await AutoTokenizer.from_pretrained(names[key]);
await downloadFile({ repo: { type: "space", name: "acme/space" }, path: "x" });
own("acme/routed");
await fetch("https://api.mistral.ai/v1/chat/completions", { body: JSON.stringify({ model: "mistral-x" }) });
const url = `https://huggingface.co/${names.a.model}/resolve/main/x.bin`;
/* load("ner", "acme/commented") */
const { pipeline } = await import("https://cdn.jsdelivr.net/npm/@xenova/transformers@2.17.2");
pipeline("ner", "acme/cdn");
function local(a: string, b: string) { return a + b; }
local("ner", "acme/nothing");
