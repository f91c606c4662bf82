// Everything runs in the page; pipeline('summarization', 'Xenova/bart-large-cnn') was too large.
import { pipeline, env } from '@xenova/transformers';

env.allowLocalModels = false;

const MODEL = 'Xenova/distilgpt2';
const TASKS = {
  'translate': { task: 'translation', model: 'Xenova/nllb-200-distilled-600M' },
  'drag/drop': null,
};

/* Docs: https://huggingface.co/docs/transformers.js/api/pipelines */

let summarize = null;
async function summarizer(name = 'Xenova/distilbart-cnn-6-6') {
  summarize ??= await pipeline('summarization', name);
  return summarize;
}

const generate = await pipeline('text-generation', MODEL);
const translate = await pipeline(TASKS.translate.task, TASKS.translate.model);
const detect = await pipeline('object-detection', 'Xenova/detr-resnet-50', { revision: 'refs/pr/1', quantized: false });
const speak = await pipeline('text-to-speech', localStorage.getItem('tts') || 'Xenova/speecht5_tts');

const pattern = /['"]facebook\/opt-350m['"]/;
document.querySelector('#type').textContent = 'video/mp4';
fetch('https://huggingface.co/Xenova/yolos-tiny/resolve/main/config.json').then((r) => r.json());
fetch('https://api-inference.huggingface.co/models/google/pegasus-xsum', { method: 'POST' });
export { generate, translate, detect, speak, summarizer, pattern };
