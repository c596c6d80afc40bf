const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A number as both formats write one, the three that are not finite included. @returns null when it is none */
export function readNumber(text: string): number | null {
  if (NUMBER.test(text)) return Number(text);
  switch (text.toLowerCase()) {
    case "nan":
      return Number.NaN;
    case "inf":
    case "+inf":
      return Number.POSITIVE_INFINITY;
    case "-inf":
      return Number.NEGATIVE_INFINITY;
    default:
      return null;
  }
}

const [ZERO, DOT, PLUS, MINUS, UPPER_E, LOWER_E] = [48, 46, 43, 45, 69, 101];
/** Digits that a double holds exactly, whatever they are. */
const EXACT_DIGITS = 15;

/**
 * The same for what most counters look like, `1234` or `1234.0`, read where it stands.
 * @returns null when it looks like anything else, which says nothing of whether it is a number
 */
export function readPlainCount(text: string, from: number, to: number): number | null {
  let value = 0;
  let at = from;
  for (; at < to; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const digits = at - from;
  if (digits === 0 || digits > EXACT_DIGITS) return null;
  if (at === to) return value;
  return at + 2 === to && text.charCodeAt(at) === DOT && text.charCodeAt(at + 1) === ZERO ? value : null;
}

/**
 * Whether a finite number stands there, without reading it.
 * @returns false when it looks like anything else, which says nothing of whether it is a number
 */
export function isPlainNumber(text: string, from: number, to: number): boolean {
  const whole = afterDigits(text, from + (text.charCodeAt(from) === MINUS ? 1 : 0), to);
  if (whole === null) return false;
  const digits = text.charCodeAt(whole) === DOT && whole < to ? afterDigits(text, whole + 1, to) : whole;
  if (digits === null || digits === to) return digits === to;
  const mark = text.charCodeAt(digits);
  if (mark !== LOWER_E && mark !== UPPER_E) return false;
  const sign = text.charCodeAt(digits + 1);
  return afterDigits(text, digits + (sign === PLUS || sign === MINUS ? 2 : 1), to) === to;
}

/** @returns where they end; null = there are none */
function afterDigits(text: string, from: number, to: number): number | null {
  let at = from;
  while (at < to && text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= ZERO + 9) at += 1;
  return at === from ? null : at;
}
