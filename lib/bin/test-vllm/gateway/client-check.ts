import { setTimeout as sleep } from "node:timers/promises";
import type { OpenAI } from "openai";
import type { Reply, Sample, SendOptions } from "#lib/vllm/contract/point.ts";

export type Customer = { slug: string; key: string; loraName: string };

/** What a check may use: the official client as a customer has it, and the node behind the gateway to compare with. */
export type ClientCheckTools = {
  acme: Customer;
  globex: Customer;
  baseModel: string;
  /** The `openai` client with this key, at the gateway, without retries of its own. */
  client(key: string, headers?: Record<string, string>): OpenAI;
  /** The node itself, past the gateway. */
  node: {
    send(method: "GET" | "POST", path: string, options?: SendOptions): Promise<Reply>;
    samples(): Promise<readonly Sample[]>;
  };
};

/** One promise of the gateway to the official client. @throws Error that says what was seen instead */
export type ClientCheck = { id: string; says: string; run(tools: ClientCheckTools): Promise<void> };

/** @throws Error with both values when they differ */
export function same(what: string, seen: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(seen), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: saw ${left}, not ${right}`);
}

/** @throws Error with `what` when it is not so */
export function holds(what: string, isSo: boolean): void {
  if (!isSo) throw new Error(`not so: ${what}`);
}

/** Asks until it is so. @throws Error with `what` when it is not in time */
export async function untilTrue(isSo: () => Promise<boolean>, withinMs: number, what: string): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what} after ${withinMs / 1000} s`);
    await sleep(50);
  }
}
