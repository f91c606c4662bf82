import { pipeline, AutoModel } from '@huggingface/transformers'
import OpenAI from 'openai'

// pipeline('x', 'comment/no')
const pipe = await pipeline('feature-extraction', 'Xenova/model', { revision: 'v1.0' })
const model = await AutoModel.from_pretrained(`owner/template`, { local_files_only: true })
const client = new OpenAI({ apiKey: process.env.KEY })
const answer = await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'model' }] })
