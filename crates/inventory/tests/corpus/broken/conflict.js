import { AutoTokenizer } from '@xenova/transformers';
<<<<<<< ours
const tokenizer = await AutoTokenizer.from_pretrained('Xenova/t5-small');
=======
// 'Xenova/t5-base'
>>>>>>> theirs
