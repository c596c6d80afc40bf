import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import type { Snapshot } from "./snapshot.ts";

/** Notifications of one transaction arrive together: one reload answers them all. */
const DEBOUNCE_MS = 20;
const MAX_AGE_MS = 5_000;
const RETRY_MS = 1_000;

export type SnapshotSourceOptions = {
  load: () => Promise<Snapshot>;
  /** Calls back on every change of routing. @returns the function that ends it */
  listen: (onChange: () => void) => () => Promise<void>;
  now: () => Date;
  onSnapshot: (snapshot: Snapshot) => void;
  onFailure: () => void;
  log: Log;
};

/** The snapshot in force. It is replaced as a whole; a failed reload keeps the old one. */
export class SnapshotSource {
  readonly #options: SnapshotSourceOptions;
  #snapshot: Snapshot | null = null;
  #running: Promise<void> | null = null;
  #isAskedAgain = false;
  #isDueSoon = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: () => Promise<void> = async () => {};

  constructor(options: SnapshotSourceOptions) {
    this.#options = options;
  }

  start(): void {
    this.#reload();
    this.#unlisten = this.#options.listen(() => {
      if (this.#running) this.#isAskedAgain = true;
      else this.#reloadSoon();
    });
  }

  /** null until the first one was read. */
  current(): Snapshot | null {
    return this.#snapshot;
  }

  /** Age of the one in force, ms; null without one. */
  ageMs(): number | null {
    return this.#snapshot === null ? null : this.#options.now().getTime() - this.#snapshot.readAt.getTime();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#unlisten();
    await this.#running;
  }

  /** The first notification starts the wait, later ones do not prolong it: a stream of them must not starve us. */
  #reloadSoon(): void {
    if (this.#isDueSoon) return;
    this.#isDueSoon = true;
    this.#schedule(DEBOUNCE_MS);
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(() => this.#reload(), ms);
  }

  /** Single flight; a change seen while one runs may be missing from it, so another follows. */
  #reload(): void {
    this.#isDueSoon = false;
    this.#running = this.#attempt().finally(() => {
      this.#running = null;
      const isAskedAgain = this.#isAskedAgain;
      this.#isAskedAgain = false;
      if (isAskedAgain) this.#reloadSoon();
      else this.#schedule(this.#snapshot === null ? RETRY_MS : MAX_AGE_MS);
    });
  }

  async #attempt(): Promise<void> {
    const { load, onSnapshot, onFailure, log } = this.#options;
    try {
      this.#snapshot = await load();
      onSnapshot(this.#snapshot);
    } catch (error) {
      onFailure();
      log.error("routing not reloaded", { error: errorText(error), hasSnapshot: this.#snapshot !== null });
    }
  }
}
