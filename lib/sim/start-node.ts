import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineDead } from "./engine/engine-dead.ts";
import { engineProfile } from "./engine-profile.ts";
import { type Fault, FaultSchema, type Restart } from "./faults/fault.ts";
import { faultGate } from "./faults/fault-gate.ts";
import { FaultList } from "./faults/fault-list.ts";
import { CONTROL_PREFIX, controlRoutes } from "./http/control-routes.ts";
import { beginLife, type NodeLife } from "./node-life.ts";
import {
  type NodeLimits,
  restartedOptions,
  SIM_NODE_DEFAULTS,
  type SimNodeInput,
  type SimNodeOptions,
} from "./options.ts";

/** How long a restart takes when nobody says; an engine with a model of 16 GB takes minutes. */
const DEFAULT_DOWN_MS = 100;
/** Two lives never start closer together, so that they are told apart by their start times. */
const BETWEEN_STARTS_SECONDS = 1.5;
/** Another program may hold the port for a moment while we are away. */
const PORT_TRIES = 50;
const PORT_RETRY_MS = 100;

export type SimNode = {
  url: string;
  port: number;
  name: string;
  /** Answers what runs, then closes. */
  stop(): Promise<void>;
  /** Drops every connection at once; what was loaded is gone, as after `kill -9`. */
  kill(): Promise<void>;
  /** Drops every connection, forgets everything and comes back on the same port. @throws RangeError for bad limits */
  restart(restart?: Restart): Promise<void>;
  /** Lets something go wrong from now on. @returns the fault's id @throws ZodError when a field is wrong or missing */
  inject(fault: Fault): string;
  clearFaults(): void;
  /** Resolves when an engine dies by itself, such as on a reload of deleted files; the first one, should there be more. */
  readonly died: Promise<EngineDead>;
  readonly limits: NodeLimits;
  /** Residency by adapter name, least recent first: vLLM tells no one. */
  inspect(): { gpu: string[]; cpu: string[]; stalePrefixBlocks: number };
};

/**
 * Starts one simulated vLLM node on its own port.
 * @throws Error when the model directory lacks its files, the limits contradict each other or the port is taken
 */
export async function startSimNode(input: SimNodeInput): Promise<SimNode> {
  const running = new RunningNode({ ...SIM_NODE_DEFAULTS, ...input });
  await running.start();
  return running;
}

class RunningNode implements SimNode {
  readonly name: string;
  readonly #server: Server;
  readonly #faults = new FaultList(() => performance.now());
  readonly #gate: ReturnType<typeof faultGate>;
  readonly #requests: ReturnType<typeof countRequests>;
  readonly #stopping = new AbortController();
  #options: SimNodeOptions;
  #life: NodeLife | null = null;
  #restarting: Promise<void> = Promise.resolve();
  #reportDeath: (death: EngineDead) => void = () => {};
  readonly died = new Promise<EngineDead>((resolve) => {
    this.#reportDeath = resolve;
  });
  port = 0;

  constructor(options: SimNodeOptions) {
    this.#options = options;
    this.name = options.name;
    const profile = engineProfile(options.engineVersion);
    this.#gate = faultGate(this.#faults, profile, (request, response) => this.#alive.listener(request, response));
    const control = controlRoutes({
      inject: (fault) => this.inject(fault),
      clearFaults: () => this.clearFaults(),
      state: () => this.#state(),
      limitsAfter: (restart) => restartedOptions(this.#options, restart).limits,
      restart: (restart) => this.restart(restart),
    });
    this.#server = createServer((request, response) => this.#answer(control, request, response));
    this.#server.keepAliveTimeout = 75_000;
    this.#requests = countRequests(this.#server);
  }

  get url(): string {
    return `http://${this.#options.host}:${this.port}`;
  }

  get limits(): NodeLimits {
    return restartedOptions(this.#options, {}).limits;
  }

  async start(): Promise<void> {
    const life = await this.#begin(this.#options, Date.now() / 1000);
    try {
      await listen(this.#server, this.#options.port, this.#options.host);
    } catch (error) {
      await life.end();
      throw error;
    }
    const address = this.#server.address();
    this.port = typeof address === "object" && address ? address.port : this.#options.port;
  }

  stop = (): Promise<void> => this.#close(true);
  kill = (): Promise<void> => this.#close(false);

  inject(fault: Fault): string {
    const id = this.#faults.add(FaultSchema.parse(fault));
    this.#loseNames();
    return id;
  }

  clearFaults(): void {
    this.#faults.clear();
    this.#gate.release();
  }

  inspect() {
    return this.#alive.inspect();
  }

  restart(restart: Restart = {}): Promise<void> {
    const { options } = restartedOptions(this.#options, restart);
    this.#restarting = this.#restarting.then(() => this.#restartNow(options, restart.downMs ?? DEFAULT_DOWN_MS));
    return this.#restarting;
  }

  async #begin(options: SimNodeOptions, startedAtSeconds: number): Promise<NodeLife> {
    const life = await beginLife(options, this.#faults, startedAtSeconds);
    void life.died.then(this.#reportDeath);
    this.#life = life;
    return life;
  }

  get #alive(): NodeLife {
    if (this.#life === null) throw new Error(`the simulated node ${this.name} has not started`);
    return this.#life;
  }

  #answer(control: RequestListener, ...[request, response]: Parameters<RequestListener>): void {
    const skew = this.#faults.skewSeconds();
    if (skew !== 0) response.setHeader("date", new Date(Date.now() + skew * 1000).toUTCString());
    if (this.#options.control && request.url?.startsWith(CONTROL_PREFIX)) return void control(request, response);
    this.#loseNames();
    this.#gate.listener(request, response);
  }

  #loseNames(): void {
    this.#alive.lose(this.#faults.lostOf(this.#alive.loaded()));
  }

  #state() {
    const { startedAtSeconds } = this.#alive;
    return {
      name: this.name,
      engineVersion: this.#options.engineVersion,
      startedAt: new Date(startedAtSeconds * 1000).toISOString(),
      limits: this.limits,
      tiers: this.inspect(),
      loaded: this.#alive.loaded(),
      inFlight: this.#requests.active(),
      faults: this.#faults.list(),
    };
  }

  async #restartNow(options: SimNodeOptions, downMs: number): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const before = this.#alive;
    await this.#closeServer();
    await before.end();
    await sleep(downMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
    if (this.#stopping.signal.aborted) return;
    this.#options = options;
    const startedAt = Math.max(Date.now() / 1000, before.startedAtSeconds + BETWEEN_STARTS_SECONDS);
    await this.#begin(options, startedAt);
    await listenAgain(this.#server, this.port, options.host);
  }

  async #close(isGraceful: boolean): Promise<void> {
    this.#stopping.abort();
    this.#gate.release();
    await this.#restarting;
    if (isGraceful && this.#server.listening) {
      const closed = this.#requests.idle();
      this.#server.close();
      await closed;
    }
    await this.#closeServer();
    await this.#life?.end();
  }

  async #closeServer(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, "close") : Promise.resolve();
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

/**
 * Counts what runs, so that a stop can wait for it. `server.close` alone would also wait for connections that were opened
 * and never used, until their headers time out.
 */
function countRequests(server: Server): { active(): number; idle(): Promise<void> } {
  let active = 0;
  let onIdle: () => void = () => {};
  server.on("request", (_, response) => {
    active += 1;
    response.once("close", () => {
      active -= 1;
      if (active === 0) onIdle();
    });
  });
  return {
    active: () => active,
    idle: () =>
      new Promise((resolve) => {
        onIdle = resolve;
        if (active === 0) resolve();
      }),
  };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, "listening");
}

async function listenAgain(server: Server, port: number, host: string): Promise<void> {
  for (let tries = 1; ; tries += 1)
    try {
      return await listen(server, port, host);
    } catch (error) {
      if (tries >= PORT_TRIES) throw error;
      await sleep(PORT_RETRY_MS);
    }
}
