import OpenAI from 'openai';
const const client = new OpenAI();
const openai = new OpenAI();
export const reply = await openai.chat.completions.create({ model: 'gpt-4', messages: [] });
