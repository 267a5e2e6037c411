import { openGround } from '../platforms/huggingface/ground.ts';
import { withTrainers } from '../platforms/trainers.ts';
import { hostingConforms } from './conform.ts';

hostingConforms('huggingface', openGround, withTrainers);
