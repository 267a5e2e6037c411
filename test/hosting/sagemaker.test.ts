import { groundOf } from '../platforms/sagemaker/ground.ts';
import { serverless } from '../platforms/sagemaker/support.ts';
import { withTrainers } from '../platforms/trainers.ts';
import { hostingConforms } from './conform.ts';

hostingConforms('sagemaker', groundOf({}), withTrainers);
hostingConforms("sagemaker's inference components", groundOf(serverless('lora')), withTrainers);
