import { pipeline } from '@huggingface/transformers';

export async function first() {
  if (true) {
    return pipeline('fill-mask', 'Xenova/bert-base-uncased');
}

export const second = await pipeline('ner', 'Xenova/bert-base-NER', { revision: 'main' });
