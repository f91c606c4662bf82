import { useState } from "react";
import { useChat } from "@ai-sdk/react";
import { Button } from "@/components/button";
import { pipeline } from "@huggingface/transformers";

const load = pipeline;

export function Chat({ model = "light/dark" }: { model?: string }) {
  const { messages } = useChat({ api: "/api/chat" });
  const [ready, setReady] = useState(false);
  const start = async () => {
    await load("text2text-generation", "Xenova/LaMini-Flan-T5-783M");
    setReady(true);
  };
  return (
    <main title={model}>
      <p>Answers come from facebook/blenderbot-400M-distill and may be wrong.</p>
      <Button onClick={start}>{ready ? "on/off" : "start"}</Button>
      {messages.map((m) => (
        <article key={m.id}>{m.content}</article>
      ))}
    </main>
  );
}
