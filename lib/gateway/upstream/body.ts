/** A request's body: another one's bytes, in which `text` (as UTF-8) stands in the place of those from `start` to `end`. */
export type Body = { source: Buffer; start: number; end: number; text: string; bytes: number };

/** A body that is sent as it is. */
export const plainBody = (source: Buffer): Body => ({ source, start: 0, end: 0, text: "", bytes: source.length });

/** Copies a body to where it is sent from. */
export function copyBody({ source, start, end, text }: Body, target: Buffer, from: number): void {
  let at = from + source.copy(target, from, 0, start);
  if (text !== "") at += target.write(text, at);
  source.copy(target, at, end);
}

/** The body in one piece. */
export function wholeBody(body: Body): Buffer {
  const whole = Buffer.allocUnsafe(body.bytes);
  copyBody(body, whole, 0);
  return whole;
}
