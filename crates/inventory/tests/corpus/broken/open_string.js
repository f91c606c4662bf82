import { HfInference } from '@huggingface/inference';
const hf = new HfInference();
const reply = await hf.summarization({ model: 'facebook/bart-large-xsum', inputs: 'x' });
const note = 'never closed;
