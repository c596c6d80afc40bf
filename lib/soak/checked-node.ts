import { freePort } from "#lib/platform/supervisor/ports.ts";
import { ask, type Program, startModule } from "#lib/testbed/program.ts";
import { BASE_MODEL } from "#lib/testbed/serving-store.ts";
import type { NodeFault, NodeOrder, NodePace, NodeReport } from "./node-messages.ts";

/** One node of a soak. What it counted before it was killed is kept where it was read last. */
export class CheckedNode {
  readonly name: string;
  readonly port: number;
  readonly #pace: NodePace;
  #program: Program | null = null;

  private constructor(name: string, port: number, pace: NodePace) {
    this.name = name;
    this.port = port;
    this.#pace = pace;
  }

  /** Reserves its port; it answers from `start` on. */
  static async at(name: string, pace: NodePace): Promise<CheckedNode> {
    return new CheckedNode(name, await freePort("127.0.0.1"), pace);
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(loraNames: readonly string[]): Promise<void> {
    this.#program = await startModule(new URL("./checked-node-child.ts", import.meta.url), null);
    const { name, port } = this;
    await this.#send({ kind: "listen", port, name, loraNames, baseModel: BASE_MODEL, pace: this.#pace });
  }

  /** Which names it answers to from now on. */
  setNames(loraNames: readonly string[]): Promise<NodeReport> {
    return this.#send({ kind: "names", loraNames });
  }

  /** Its next `count` requests go wrong. */
  misbehave(fault: NodeFault, count: number): Promise<NodeReport> {
    return this.#send({ kind: "fault", fault, count });
  }

  /** It answers as it should again, whether or not all went wrong that was to. */
  behave(): Promise<NodeReport> {
    return this.#send({ kind: "behave" });
  }

  report(): Promise<NodeReport> {
    return this.#send({ kind: "report" });
  }

  /** It stays connected and says nothing. */
  freeze(): void {
    this.#program?.child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#program?.child.kill("SIGCONT");
  }

  /** As `kill -9`. */
  async kill(): Promise<void> {
    await this.#program?.kill();
    this.#program = null;
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    this.#program = null;
  }

  #send(order: NodeOrder): Promise<NodeReport> {
    if (this.#program === null) return Promise.reject(new Error(`${this.name} does not run`));
    return ask<NodeReport>(this.#program, order);
  }
}
