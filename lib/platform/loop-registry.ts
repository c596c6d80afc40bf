/** What a process knows of one of its loops. */
export type LoopState = {
  name: string;
  /** Between the end of a run and the start of the next, at most. */
  everyMs: number;
  /** A run that lasts longer hangs; null = it may last for hours, and something else watches it. */
  longestRunMs: number | null;
  /** standby = another process holds its lease, or nobody could be asked. */
  state: "starting" | "running" | "waiting" | "standby";
  /** Since when it is in this state. */
  since: Date;
};

/** Enough for a run that has much to do once; one that waits for an answer that never comes is noticed all the same. */
export const LONGEST_RUN_MS = 10 * 60_000;

/** The loops of one process, as they are at this moment. */
export type LoopRegistry = {
  note(loop: Pick<LoopState, "name" | "everyMs" | "longestRunMs">, state: LoopState["state"], at: Date): void;
  /** It has ended, whatever it did last: this process does not carry it any more. */
  end(name: string): void;
  list(): readonly LoopState[];
};

export function createLoopRegistry(): LoopRegistry {
  const loops = new Map<string, LoopState>();
  return {
    note(loop, state, at) {
      if (loops.get(loop.name)?.state !== state) loops.set(loop.name, { ...loop, state, since: at });
    },
    end: (name) => void loops.delete(name),
    list: () => [...loops.values()],
  };
}
