const { pipeline } = require('@xenova/transformers');
const total = (1 + 2));
pipeline('image-classification', 'Xenova/vit-base-patch16-224');
