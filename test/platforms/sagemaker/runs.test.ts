import { runsConform } from '../runs.ts';
import { withTrainers } from '../trainers.ts';
import { groundOf } from './ground.ts';
import { serverless } from './support.ts';

runsConform('sagemaker', true, groundOf({}), withTrainers);
runsConform("sagemaker's serverless customization", true, groundOf(serverless('lora')), withTrainers);
