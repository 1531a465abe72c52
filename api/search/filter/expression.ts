import { FilterFault, tokensOf, type Token } from './tokens.ts';

export type FilterOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le' | 'pr';
export type Literal = string | number | boolean | null;

export interface Comparison {
  readonly name: string;
  readonly operator: FilterOperator;
  /** Of `pr`, undefined. */
  readonly value: Literal | undefined;
}

/** A filter as it is written. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  | { readonly kind: 'comparison'; readonly comparison: Comparison }
  /** A value path, `name[…]`. */
  | { readonly kind: 'within'; readonly name: string; readonly part: Expression };

const OPERATORS: ReadonlySet<string> = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr']);
const LITERALS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const MOST_COMPARISONS = 20;

/**
 * Reads a filter of RFC 7644 section 3.4.2.2: `not` binds before `and`, `and` before `or`; operators may be written in
 * any case. Throws `FilterFault`.
 */
export const expressionOf = (filter: string): Expression => new FilterReader(tokensOf(filter)).read();

class FilterReader {
  #at = 0;
  #comparisons = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  read(): Expression {
    const whole = this.#either();
    const rest = this.tokens[this.#at];
    if (rest !== undefined) throw expected('and, or or the end', rest);
    return whole;
  }

  #either(): Expression {
    return this.#joined('or', () => this.#joined('and', () => this.#single()));
  }

  #joined(kind: 'and' | 'or', next: () => Expression): Expression {
    const parts = [next()];
    while (this.#takes(kind)) parts.push(next());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind, parts };
  }

  #single(): Expression {
    if (this.#takesMark('(')) return this.#closed(')');
    const name = this.#next('a member');
    if (name.kind !== 'word') throw expected('a member', name);
    if (name.text.toLowerCase() === 'not' && this.#takesMark('(')) return { kind: 'not', part: this.#closed(')') };
    if (this.#takesMark('[')) return { kind: 'within', name: name.text, part: this.#closed(']') };
    return { kind: 'comparison', comparison: this.#comparison(name.text) };
  }

  #closed(mark: ')' | ']'): Expression {
    const inner = this.#either();
    const end = this.#next(mark);
    if (end.kind !== mark) throw expected(`and, or or ${mark}`, end);
    return inner;
  }

  #comparison(name: string): Comparison {
    this.#comparisons += 1;
    if (this.#comparisons > MOST_COMPARISONS)
      throw new FilterFault(`there are more than ${MOST_COMPARISONS} comparisons`);
    const token = this.#next('an operator');
    const operator = token.text.toLowerCase();
    if (token.kind !== 'word' || !OPERATORS.has(operator)) {
      throw expected(`one of ${[...OPERATORS].join(', ')} after ${name}`, token);
    }
    if (operator === 'pr') return { name, operator, value: undefined };
    return { name, operator: operator as FilterOperator, value: literalOf(this.#next('a value')) };
  }

  #takes(word: string): boolean {
    const token = this.tokens[this.#at];
    const isHere = token?.kind === 'word' && token.text.toLowerCase() === word;
    if (isHere) this.#at += 1;
    return isHere;
  }

  #takesMark(mark: '(' | '['): boolean {
    const isHere = this.tokens[this.#at]?.kind === mark;
    if (isHere) this.#at += 1;
    return isHere;
  }

  #next(wanted: string): Token {
    const token = this.tokens[this.#at];
    if (token === undefined) throw new FilterFault(`it ends where ${wanted} is expected`);
    this.#at += 1;
    return token;
  }
}

function literalOf(token: Token): Literal {
  if (token.kind === 'text') return token.text;
  const known = LITERALS.get(token.text);
  if (token.kind === 'word' && known !== undefined) return known;
  if (token.kind === 'word' && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[-+]?\d+)?$/i.test(token.text))
    return Number(token.text);
  throw expected('a text in double quotes, a number, true, false or null', token);
}

const expected = (what: string, { text, at }: Token): FilterFault =>
  new FilterFault(`${what} is expected at character ${at}, not ${text}`);
