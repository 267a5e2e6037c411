import { isRecord, type JsonRecord } from './json.ts';
import { type Finding, problemAt, warningAt } from './problem.ts';

/** By OpenAI's guide to vision fine-tuning (developers.openai.com/api/docs/guides/vision-fine-tuning, November 2026). */
const maxImages = 10;
const maxImageBytes = 10_000_000;
const imageTypes = 'JPEG, PNG or WEBP';
const dataUrl = /^data:image\/(?:jpe?g|png|webp);base64,/i;

/** Everything wrong with an image of a user's, by what its part says. */
export function checkImage(image: unknown, path: string): Finding[] {
  const url = isRecord(image) ? image.url : undefined;
  if (typeof url !== 'string' || !/^(https?:\/\/|data:image\/)/.test(url)) {
    const message = 'An image part has image_url.url, an http(s) address or a data:image/… URL. Mend it.';
    return [problemAt(path, 'invalid_content_part', message)];
  }
  if (!url.startsWith('data:')) return [];
  const [head] = url.slice(0, 64).match(dataUrl) ?? [];
  if (head === undefined) {
    const message = `The image is not ${imageTypes} in base64, all that OpenAI trains on. Convert it.`;
    return [warningAt(path, 'image_type', message)];
  }
  // Four characters hold three bytes.
  if (((url.length - head.length) * 3) / 4 <= maxImageBytes) return [];
  const message = 'The image has more than the 10 MB that OpenAI trains on. Make it smaller.';
  return [warningAt(path, 'image_too_large', message)];
}

/** Whether an example has more images than it may. */
export function checkImageCount(messages: readonly JsonRecord[]): Finding[] {
  let images = 0;
  for (const { content } of messages) {
    if (Array.isArray(content)) images += content.filter((part) => isRecord(part) && part.type === 'image_url').length;
  }
  if (images <= maxImages) return [];
  const message = `The example has more than the ${maxImages} images that OpenAI trains on; other platforms may take more. Divide it.`;
  return [warningAt('messages', 'too_many_images', message)];
}
