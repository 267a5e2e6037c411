import { runsConform } from '../runs.ts';
import { withTrainers } from '../trainers.ts';
import { openGround } from './ground.ts';

runsConform('huggingface', true, openGround, withTrainers);
