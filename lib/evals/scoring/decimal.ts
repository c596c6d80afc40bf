/**
 * Exact identity of a JSON number without going through a double: `1`, `1.0`, `1e0` and `10e-1` are one value,
 * `9007199254740993` and `9007199254740992` are two. The result is `<sign><digits>` or `<sign><digits>e<exponent>`
 * with no leading or trailing zero in the digits; both zeros are `0`.
 *
 * @throws RangeError when `lexeme` is not a JSON number
 */
export function canonicalDecimal(lexeme: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(lexeme);
  if (parts === null) throw new RangeError(`not a JSON number: ${lexeme.slice(0, 40)}`);
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const digits = whole + fraction;
  let start = 0;
  while (digits[start] === "0") start += 1;
  let end = digits.length;
  while (end > start && digits[end - 1] === "0") end -= 1;
  if (start === end) return "0";
  const scale = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - end);
  const power = scale === 0n ? "" : `e${scale}`;
  return `${sign}${digits.slice(start, end)}${power}`;
}

/** The double that is exactly this JSON number once printed again, or null when a double would change its digits. */
export function exactDouble(lexeme: string): number | null {
  const value = Number(lexeme);
  if (!Number.isFinite(value)) return null;
  return canonicalDecimal(String(value)) === canonicalDecimal(lexeme) ? value : null;
}
