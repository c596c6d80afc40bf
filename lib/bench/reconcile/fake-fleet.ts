import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FakeCounts } from "./fake-node.ts";
import type { LoadPlan } from "./load-times.ts";

export type FleetRequest =
  | { kind: "start"; plan: LoadPlan; loaded: (readonly (readonly [loraName: string, path: string])[])[] }
  /** What was counted since the last time, by node; with `index` only that one's. */
  | { kind: "counts"; index?: number }
  | { kind: "restart"; index: number; downMs: number; plan: LoadPlan };
export type FleetReply =
  | { kind: "started"; ports: number[]; startedAtMs: number[] }
  | { kind: "counts"; counts: FakeCounts[] }
  | { kind: "restarted"; answersAtMs: number };

type ReplyTo<R extends FleetRequest> = Extract<
  FleetReply,
  { kind: { start: "started"; counts: "counts"; restart: "restarted" }[R["kind"]] }
>;

/** Simulated nodes in a process of their own, so that their work is not taken for ours. */
export type FakeFleet = {
  ask<R extends FleetRequest>(request: R): Promise<ReplyTo<R>>;
  stop(): Promise<void>;
};

export function startFakeFleet(): FakeFleet {
  const child: ChildProcess = fork(fileURLToPath(new URL("./fake-fleet-child.ts", import.meta.url)), {
    execArgv: ["--import", import.meta.resolve("tsx")],
  });
  const waiting = new Map<number, { resolve(reply: FleetReply): void; reject(error: Error): void }>();
  child.on("message", (message: { id: number; reply?: FleetReply; error?: string }) => {
    const caller = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.reply) caller?.resolve(message.reply);
    else caller?.reject(new Error(message.error));
  });
  child.on("exit", (code) => {
    for (const caller of waiting.values()) caller.reject(new Error(`the simulated nodes ended with ${code}`));
  });
  let lastId = 0;
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve: (reply) => resolve(reply as ReplyTo<typeof request>), reject });
        child.send({ id: lastId, request });
      }),
    async stop() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}
