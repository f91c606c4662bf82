import ollama from "ollama";
const run = async (text: string) { return text; };
const reply = await ollama.generate({ model: "gemma2:27b", prompt: "hi" });
