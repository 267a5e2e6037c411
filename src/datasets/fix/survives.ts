import { duplicateKeyOf } from '../reading/duplicate-keys.ts';
import { keysOf } from '../reading/json.ts';

/** More digits than any number needs that is written back as it was. */
const mostCharacters = 100;
/** What a number has that floating point may not keep: 16 digits, or an exponent. */
const doubtful = /\d[\d.]{15}|\d[Ee]/;

/**
 * Whether a line says the same when it was read and written: keys that stand twice, and numbers of more digits than floating
 * point keeps, do not. `value` is what was parsed from it.
 */
export function survives(text: string, value: unknown): boolean {
  if (duplicateKeyOf(text, keysOf(value)) !== undefined) return false;
  if (!doubtful.test(text)) return true;
  let exact = true;
  JSON.parse(text, (_key, one: unknown, context?: { source?: string }) => {
    if (typeof one === 'number' && !isExact(one, context?.source)) exact = false;
    return one;
  });
  return exact;
}

function isExact(number: number, source = ''): boolean {
  const written = String(number);
  if (written === source) return true;
  return Number.isFinite(number) && source.length <= mostCharacters && decimal(written) === decimal(source);
}

/** Equal for texts of one number: `12.50` and `1.25e1` are both `125e-1`. */
function decimal(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - kept.length;
  return `${text.startsWith('-') ? '-' : ''}${kept}e${power}`;
}
