const WORDS: Record<string, string> = {
  queue_full: "because the queue was full",
  saturated: "because the wait would have been too long",
  waited_too_long: "after waiting too long",
  no_node: "without a node",
};

/** Why requests were turned away, to stand behind their number. */
export const shedWords = (reason: string): string => WORDS[reason] ?? `(${reason})`;
