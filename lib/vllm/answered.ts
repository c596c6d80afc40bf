const NAME = "vllm:request_success_total";
const SERIES = new RegExp(`^${NAME}(?:\\{[^\\n]*\\})?[ \\t]+([0-9.eE+-]+)`, "gm");
const DECLARED = /^# TYPE vllm:request_success(?:_total)? counter/m;

/** Requests that a process has finished since it began, over all engines behind its API; null = it does not say. */
export function parseAnswered(exposition: string): number | null {
  const values = [...exposition.matchAll(SERIES)].map((match) => Number(match[1]));
  if (values.some((value) => !Number.isFinite(value))) return null;
  // a counter that is there without a series has not counted anything yet
  if (values.length === 0) return DECLARED.test(exposition) ? 0 : null;
  return values.reduce((sum, value) => sum + value, 0);
}
