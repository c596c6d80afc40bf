/** Bytes that have left at a moment in ms. */
type Mark = { at: number; bytes: number };

/** The speed is that of the last few seconds: one stalled moment does not make it jump, a slower line shows soon. */
const WINDOW_MS = 6000;
/** Too short a look says nothing. */
const LEAST_MS = 800;

/** How fast a transfer goes, from what was sent in this sitting. */
export class TransferRate {
  #marks: Mark[] = [];

  add(at: number, bytes: number): void {
    this.#marks.push({ at, bytes });
    const first = this.#marks.findIndex((mark) => mark.at >= at - WINDOW_MS);
    // the one mark before the window stays, so that the window is always spanned
    if (first > 1) this.#marks = this.#marks.slice(first - 1);
  }

  /** After a pause or a lost connection the time that passed is not part of the speed. */
  restart(): void {
    this.#marks = [];
  }

  /** Bytes a second, or null while too little was seen. */
  bytesPerSecond(): number | null {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return null;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }
}

/** Seconds left at this speed; null before a tenth has arrived, when any guess would only jump about. */
export function secondsLeft(sentBytes: number, totalBytes: number, bytesPerSecond: number | null): number | null {
  if (bytesPerSecond === null || bytesPerSecond <= 0 || sentBytes < totalBytes / 10) return null;
  return (totalBytes - sentBytes) / bytesPerSecond;
}
