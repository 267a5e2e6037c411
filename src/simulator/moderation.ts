/** The categories of OpenAI's moderation endpoint. */
export const CATEGORIES = [
  'hate',
  'hate/threatening',
  'harassment',
  'harassment/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
] as const;

/** One of the moderation categories. */
type Category = (typeof CATEGORIES)[number];

// A word list is no classifier; it is enough to exercise the paths a flagged text takes.
const PATTERNS: Array<[Category, RegExp]> = [
  ['violence', /\b(kill|murder|stab|slaughter|behead)(s|ed|ing)? (you|him|her|them|people|everyone|someone)\b/i],
  ['harassment/threatening', /\bi (will|am going to) (kill|hurt|murder|stab) you\b/i],
  ['harassment', /\b(you are|you're) (worthless|a worthless|pathetic scum)\b/i],
  ['hate', /\b(racial slur|subhuman race|ethnic cleansing is good)\b/i],
  ['self-harm/intent', /\b(i want to|i will) (kill myself|end my life|hurt myself)\b/i],
  ['self-harm', /\b(kill myself|cut myself|suicide method)\b/i],
  ['illicit/violent', /\b(build|make|making) a (pipe )?bomb\b/i],
  ['illicit', /\b(cook|make|synthesi[sz]e) (meth|methamphetamine|nerve agent)\b/i],
  ['sexual', /\b(explicit porn|hardcore porn)\b/i],
];

/** The categories in which `text` is flagged by a small word list; empty for most texts. */
export function flaggedCategories(text: string): Category[] {
  return PATTERNS.filter(([, pattern]) => pattern.test(text)).map(([category]) => category);
}
