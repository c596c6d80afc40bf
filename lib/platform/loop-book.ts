/** What a process knows of one of its loops. */
export type LoopState = {
  name: string;
  /** Between the end of a run and the start of the next, at most. */
  everyMs: number;
  /** standby = another process holds its lease, or nobody could be asked. */
  state: "starting" | "running" | "waiting" | "standby";
  /** Since when it is in this state. */
  since: Date;
};

/** The loops of one process, as they are at this moment. */
export type LoopBook = {
  note(name: string, everyMs: number, state: LoopState["state"], at: Date): void;
  list(): readonly LoopState[];
};

export function createLoopBook(): LoopBook {
  const loops = new Map<string, LoopState>();
  return {
    note(name, everyMs, state, at) {
      if (loops.get(name)?.state !== state) loops.set(name, { name, everyMs, state, since: at });
    },
    list: () => [...loops.values()],
  };
}
