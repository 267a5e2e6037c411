import { TunewrightError } from '../../contract/errors.ts';

/** Values by the names in the formula. */
type Values = Readonly<Record<string, number>>;
type Term = (values: Values) => number;

const functions: Readonly<Record<string, { least: number; most: number; call: (...values: number[]) => number }>> = {
  min: { least: 1, most: 64, call: Math.min },
  max: { least: 1, most: 64, call: Math.max },
  abs: { least: 1, most: 1, call: Math.abs },
  floor: { least: 1, most: 1, call: Math.floor },
  ceil: { least: 1, most: 1, call: Math.ceil },
  exp: { least: 1, most: 1, call: Math.exp },
  sqrt: { least: 1, most: 1, call: Math.sqrt },
  log: { least: 1, most: 1, call: Math.log },
};

const operators: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
};

const tokens = /\s*(?:(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|([-+*/^(),]))/y;
const deepest = 64;

/**
 * Reads a formula of OpenAI's multi grader: numbers, the names given, `+ - * / ^`, brackets, and min, max, abs, floor, ceil,
 * exp, sqrt and log (natural). `^` binds the most and from the right, then the sign. Throws `invalid_config`.
 */
export function parseFormula(formula: string, names: readonly string[]): Term {
  const words = split(formula);
  let at = 0;
  let depth = 0;

  const peek = () => words[at];
  const wrong = (what: string) => invalid(`The formula ${JSON.stringify(formula)} ${what}.`);
  function take(expected?: string): string {
    const word = words[at];
    if (word === undefined) throw wrong(expected === undefined ? 'ends too early' : `lacks a "${expected}"`);
    if (expected !== undefined && word !== expected) throw wrong(`has "${word}" where a "${expected}" is due`);
    at += 1;
    return word;
  }

  function sum(): Term {
    depth += 1;
    if (depth > deepest) throw wrong('is nested too deeply');
    const term = leftToRight(['+', '-'], product);
    depth -= 1;
    return term;
  }
  const product = (): Term => leftToRight(['*', '/'], signed);

  function leftToRight(symbols: readonly string[], operand: () => Term): Term {
    let left = operand();
    for (let symbol = peek(); symbol !== undefined && symbols.includes(symbol); symbol = peek()) {
      left = applied(take(), left, operand());
    }
    return left;
  }

  function signed(): Term {
    if (peek() !== '-' && peek() !== '+') return power();
    const sign = take() === '-' ? -1 : 1;
    const operand = nested(signed);
    return (values) => sign * operand(values);
  }

  function power(): Term {
    const base = atom();
    return peek() === '^' ? applied(take(), base, nested(signed)) : base;
  }

  function nested(operand: () => Term): Term {
    depth += 1;
    if (depth > deepest) throw wrong('is nested too deeply');
    const term = operand();
    depth -= 1;
    return term;
  }

  function atom(): Term {
    const word = take();
    if (/^[\d.]/.test(word)) return constant(Number(word));
    if (word === '(') {
      const inner = sum();
      take(')');
      return inner;
    }
    if (Object.hasOwn(functions, word)) return call(word);
    if (names.includes(word)) return (values) => values[word] ?? Number.NaN;
    if (/^\w/.test(word)) {
      throw wrong(`names "${word}"; there are ${[...names, ...Object.keys(functions)].join(', ')}`);
    }
    throw wrong(`has "${word}" where a value is due`);
  }

  function call(name: string): Term {
    const { least, most, call: run } = functions[name] as (typeof functions)[string];
    take('(');
    const inputs = [sum()];
    while (peek() === ',') {
      take();
      inputs.push(sum());
    }
    take(')');
    if (inputs.length < least || inputs.length > most) throw wrong(`gives ${name} ${inputs.length} values`);
    return (values) => run(...inputs.map((input) => input(values)));
  }

  const term = sum();
  if (at < words.length) throw wrong(`has "${peek()}" where it should end`);
  const taken = names.find((name) => Object.hasOwn(functions, name));
  if (taken !== undefined) throw invalid(`A grader of multi is called "${taken}", as a function of formulas is.`);
  return term;
}

function constant(value: number): Term {
  return () => value;
}

function applied(symbol: string, left: Term, right: Term): Term {
  const operator = operators[symbol] as (typeof operators)[string];
  return (values) => operator(left(values), right(values));
}

function split(formula: string): string[] {
  const words: string[] = [];
  tokens.lastIndex = 0;
  for (let found = tokens.exec(formula); found; found = tokens.exec(formula)) {
    words.push(found[1] ?? found[2] ?? found[3] ?? '');
    if (tokens.lastIndex === formula.trimEnd().length) return words;
  }
  throw invalid(`The formula ${JSON.stringify(formula)} has something that no formula has.`);
}

function invalid(message: string): TunewrightError {
  return new TunewrightError('invalid_config', message, { advice: 'Mend calculate_output under evaluation.grader.' });
}
