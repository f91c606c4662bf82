import { anthropic } from "@ai-sdk/anthropic";
interface Options {
  name: string
  size number;
}
export const model = anthropic("claude-3-sonnet-20240229");
