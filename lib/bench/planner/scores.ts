/** Mean of |forecast / measured − 1|, as a percentage. */
export const mapeOf = (pairs: readonly { forecast: number; measured: number }[]): number =>
  (100 * pairs.reduce((sum, { forecast, measured }) => sum + Math.abs(forecast / measured - 1), 0)) / pairs.length;

type Verdict = { forecast: boolean; measured: boolean };

export const accuracyOf = (verdicts: readonly Verdict[]): number =>
  verdicts.filter(({ forecast, measured }) => forecast === measured).length / verdicts.length;

/** Mean of the F1 of both answers. */
export function macroF1(verdicts: readonly Verdict[]): number {
  const f1 = (answer: boolean) => {
    const count = (is: (verdict: Verdict) => boolean) => verdicts.filter(is).length;
    const both = count((one) => one.forecast === answer && one.measured === answer);
    const wrong = count((one) => one.forecast !== one.measured);
    return both === 0 ? 0 : (2 * both) / (2 * both + wrong);
  };
  return (f1(true) + f1(false)) / 2;
}

/** The 95 % interval of a share by Wilson's formula. */
export function wilson(hits: number, of: number): { from: number; to: number } {
  const z = 1.96;
  const share = hits / of;
  const middle = share + z ** 2 / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return { from: (middle - half) / (1 + z ** 2 / of), to: (middle + half) / (1 + z ** 2 / of) };
}
