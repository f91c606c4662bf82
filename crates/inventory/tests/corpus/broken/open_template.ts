import { downloadFile } from "@huggingface/hub";
const file = await downloadFile({ repo: "openai/whisper-base", path: "config.json", revision: "7cf257bd0aa8df18d8856cf224044f21987aca20" });
const text = `never closed ${file
