import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import type { Snapshot } from "./snapshot.ts";

/** The snapshot in force. It is replaced as a whole; a failed reload keeps the old one. */
export type SnapshotSource = {
  /** null until the first one was read. */
  current(): Snapshot | null;
  /** Age of the one in force, ms; null without one. */
  ageMs(): number | null;
  stop(): Promise<void>;
};

/** Notifications of one transaction arrive together: one reload answers them all. */
const DEBOUNCE_MS = 20;
const MAX_AGE_MS = 5_000;
const RETRY_MS = 1_000;

export function startSnapshotSource(options: {
  load: () => Promise<Snapshot>;
  /** Calls back on every change of routing. @returns the function that ends it */
  listen: (onChange: () => void) => () => Promise<void>;
  now: () => Date;
  onSnapshot: (snapshot: Snapshot) => void;
  onFailure: () => void;
  log: Log;
}): SnapshotSource {
  let snapshot: Snapshot | null = null;
  let running: Promise<void> | null = null;
  let isAskedAgain = false;
  let isDueSoon = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const schedule = (ms: number) => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(reload, ms);
  };
  /** The first notification starts the wait, later ones do not prolong it: a stream of them must not starve us. */
  const soon = () => {
    if (isDueSoon) return;
    isDueSoon = true;
    schedule(DEBOUNCE_MS);
  };
  /** Single flight; a change seen while one runs may be missing from it, so another follows. */
  const reload = () => {
    isDueSoon = false;
    if (running) {
      isAskedAgain = true;
      return;
    }
    running = attempt().finally(() => {
      running = null;
      const isDue = isAskedAgain;
      isAskedAgain = false;
      if (isDue) soon();
      else schedule(snapshot === null ? RETRY_MS : MAX_AGE_MS);
    });
  };
  const attempt = async () => {
    try {
      snapshot = await options.load();
      options.onSnapshot(snapshot);
    } catch (error) {
      options.onFailure();
      options.log.error("routing not reloaded", { error: errorText(error), hasSnapshot: snapshot !== null });
    }
  };

  reload();
  const unlisten = options.listen(() => {
    if (running) isAskedAgain = true;
    else soon();
  });
  return {
    current: () => snapshot,
    ageMs: () => (snapshot === null ? null : options.now().getTime() - snapshot.readAt.getTime()),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await unlisten();
      await running;
    },
  };
}
