import { readMeasuredTiers } from "#lib/metrics/residency/measured-tiers.ts";
import type { Database } from "#lib/platform/db.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { Admission } from "../admission/admission.ts";
import { momentOfScrape } from "../admission/residency-scrape.ts";

/** Nodes are scraped every 10 s; a stream of changes of routing must not make us ask all the time. */
const PAUSE_MS = 1_000;

export type ResidencySourceOptions = {
  db: Database;
  admission: Pick<Admission, "observeResidency">;
  now: () => Date;
  /** Milliseconds of the steady clock that admission goes by. */
  steady: () => number;
  log: Log;
};

/** Hands what nodes measured to admission, each scrape once. While the catalog is away admission goes on with what it knows. */
export class ResidencySource {
  readonly #options: ResidencySourceOptions;
  /** The last scrape of each node that tells, once admission took it. */
  #given = new Map<string, number>();
  #running: Promise<void> | null = null;
  #endedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ResidencySourceOptions) {
    this.#options = options;
  }

  /** Reads what is new, off every request's path. It never rejects; asked while it runs or right after, it does nothing. */
  refresh(): Promise<void> {
    if (this.#running === null && this.#options.steady() - this.#endedAt < PAUSE_MS) return Promise.resolve();
    this.#running ??= this.#read()
      .catch((error: unknown) => this.#options.log.warn("residency not read", { error: errorText(error) }))
      .finally(() => {
        this.#running = null;
        this.#endedAt = this.#options.steady();
      });
    return this.#running;
  }

  /** Nodes whose tiers are known by a scrape. */
  get measuredNodes(): number {
    return this.#given.size;
  }

  /** Resolves when nothing is read any more. */
  async stop(): Promise<void> {
    await this.#running;
  }

  async #read(): Promise<void> {
    const { db, admission, now, steady } = this.#options;
    const readAt = now();
    const steadyAt = steady();
    const given = new Map<string, number>();
    const isKnown = (nodeId: string, at: Date) => {
      if (this.#given.get(nodeId) !== at.getTime()) return false;
      given.set(nodeId, at.getTime());
      return true;
    };
    const nodes = await db.read(platformScope, (tx) => readMeasuredTiers(tx, readAt, isKnown));
    for (const { nodeId, epoch, measured } of nodes) {
      const at = momentOfScrape(measured?.at ?? readAt, readAt, steadyAt);
      const isTaken = admission.observeResidency(nodeId, epoch, measured?.tiers ?? null, at);
      if (isTaken && measured) given.set(nodeId, measured.at.getTime());
    }
    this.#given = given;
  }
}
