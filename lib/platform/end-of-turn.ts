let waiting: (() => void)[] = [];

function runAll(): void {
  const due = waiting;
  waiting = [];
  for (const run of due) run();
}

/**
 * Does something when the events that came together are all handled: at once on a quiet gateway, at the end of a turn of a
 * few hundred microseconds on a busy one. Writes are put off to there: the first wakes whoever reads them, and the others find
 * it awake; each on its own would wake it again.
 * @param run must not throw
 */
export function atEndOfTurn(run: () => void): void {
  if (waiting.length === 0) setImmediate(runAll);
  waiting.push(run);
}
