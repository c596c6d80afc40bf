/** Writes that are made one after the other, in order, while other work goes on. */
export type WriteBehind = {
  /** Nothing more is written once a write has failed. */
  add(write: () => Promise<void>): void;
  /** Waits until at most `left` writes are outstanding. @throws whatever a write threw */
  settle(left: number): Promise<void>;
};

export function createWriteBehind(): WriteBehind {
  let last: Promise<void> = Promise.resolve();
  const outstanding: Promise<void>[] = [];
  return {
    add(write) {
      last = last.then(write);
      last.catch(() => {}); // thrown by `settle`; this only keeps it from counting as unhandled until then
      outstanding.push(last);
    },
    async settle(left) {
      while (outstanding.length > left) {
        await outstanding[0];
        outstanding.shift();
      }
    },
  };
}
