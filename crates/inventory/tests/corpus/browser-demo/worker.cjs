'use strict';
const OpenAI = require('openai');
const { Mistral } = require('@mistralai/mistralai');
const { CohereClientV2 } = require('cohere-ai');
const { BedrockRuntimeClient, InvokeModelCommand } = require('@aws-sdk/client-bedrock-runtime');

const client = new OpenAI({ baseURL: 'http://127.0.0.1:8080/v1', apiKey: 'none' });
const openai = new OpenAI();
const mistral = new Mistral();
const cohere = new CohereClientV2({});
const aws = new BedrockRuntimeClient({ region: 'eu-central-1' });

const VERSION = '4o';

exports.local = () => client.chat.completions.create({ model: 'gemma-2-2b-it', messages: [] });
exports.speech = () => openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'yes/no' });
exports.picture = () => openai.images.generate({ model: 'dall-e-3', prompt: 'a cat/dog' });
exports.built = () => openai.chat.completions.create({ model: `gpt-${VERSION}-audio-preview`, messages: [] });
exports.mistral = () => mistral.chat.complete({ model: 'codestral-2405', messages: [] });
exports.cohere = () => cohere.embed({ model: 'embed-multilingual-v3.0', texts: [], inputType: 'search/query' });
exports.titan = () => aws.send(new InvokeModelCommand({ modelId: 'amazon.titan-embed-text-v2:0', contentType: 'application/json', body: '{}' }));
