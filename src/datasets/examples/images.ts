import { type Finding, problemAt, warningAt } from '../problem.ts';
import { isRecord } from '../reading/json.ts';
import type { ChatMessage } from '../shapes.ts';

/** What of images a platform trains on; the rest it passes over. */
export interface ImageLimits {
  /** Of an example. */
  perExample: number;
  /** Of one image. */
  bytes: number;
  /** As data URLs name them, `jpeg` for example. */
  types: readonly string[];
  /** Of a file: examples with images. */
  examples: number;
}

/** What the base64 of images of a type begins with. */
const beginnings: ReadonlyMap<string, string> = new Map([
  ['jpeg', '/9j/'],
  ['png', 'iVBORw0KGgo'],
  ['webp', 'UklGR'],
]);

/** Whether the part of a user's message holds an image. */
export function checkImage(image: unknown, path: string): Finding[] {
  const url = isRecord(image) ? image.url : undefined;
  if (typeof url === 'string' && /^(https?:\/\/|data:image\/)/.test(url)) return [];
  const message = 'An image part has image_url.url, an http(s) address or a data:image/… URL. Mend it.';
  return [problemAt(path, 'invalid_content_part', message)];
}

/** An image of an example that was checked. */
export interface ExampleImage {
  path: string;
  url: string;
}

/** The images of some messages, each with its place in the line. */
export function imagesIn(places: readonly [path: string, message: ChatMessage][]): ExampleImage[] {
  return places.flatMap(([path, { content }]) =>
    (Array.isArray(content) ? content : []).flatMap((part, index) =>
      isRecord(part) && isRecord(part.image_url) && typeof part.image_url.url === 'string'
        ? [{ path: `${path}.content[${index}]`, url: part.image_url.url }]
        : [],
    ),
  );
}

/** What of the images of an example the platform does not train on. */
export function checkImages(images: readonly ExampleImage[], limits: ImageLimits): Finding[] {
  const found = images.flatMap((image) => checkData(image, limits));
  if (images.length <= limits.perExample) return found;
  const message = `The example has more than the ${limits.perExample} images that the platform trains on. Divide it.`;
  return [...found, warningAt('messages', 'too_many_images', message)];
}

/** Of an address it is not known what stands there. */
function checkData({ path, url }: ExampleImage, { bytes, types }: ImageLimits): Finding[] {
  if (!url.startsWith('data:')) return [];
  const [head, type = ''] = /^data:image\/([\w.+-]+);base64,/i.exec(url.slice(0, 64)) ?? [];
  const said = type.toLowerCase().replace(/^jpg$/, 'jpeg');
  if (head === undefined || !types.includes(said) || !types.some((one) => begins(url, head.length, one))) {
    const known = types.map((one) => one.toUpperCase()).join(', ');
    const message = `The image is none of ${known} in base64, all that the platform trains on. Convert it.`;
    return [warningAt(path, 'image_type', message)];
  }
  // Four characters hold three bytes.
  if (((url.length - head.length) * 3) / 4 <= bytes) return [];
  const message = `The image has more than the ${bytes / 1_000_000} MB that the platform trains on. Make it smaller.`;
  return [warningAt(path, 'image_too_large', message)];
}

/** Whether data can be of a type; of those whose beginning is not known any can. */
function begins(url: string, at: number, type: string): boolean {
  return url.startsWith(beginnings.get(type) ?? '', at);
}
