import { fileURLToPath } from "node:url";
import { WORKER_NODE_FLAGS } from "#lib/platform/node-flags.ts";
import { bundleProgram } from "#lib/testbed/bundle-program.ts";
import { ask, type Program, startModule, startProgram } from "#lib/testbed/program.ts";

export type MockQuestion = { kind: "begin"; seed: number } | { kind: "counts" };
export type MockReply = { kind: "begun"; port: number } | { kind: "counts"; counts: MockCounts };

/** What the mock saw of one run. */
export type MockCounts = {
  /** Requests, also those turned away. */
  attempts: number;
  /** Requests that need another adapter than the one before, in the order of arrival; the first counts. */
  swaps: number;
  /** Of all attempts that were not turned away, as the mock took for them by its own clock, and as they were drawn. */
  latencyMs: number;
  drawnMs: number;
  /** What Retry-After said, once for each attempt that was turned away with it. */
  orderedMs: number;
  turnedAway: number;
  failures: number;
  mostInFlight: number;
};

export const startMock = (): Promise<Program> => startModule(new URL("./mock-child.ts", import.meta.url), null);

export async function beginAt(mock: Program, seed: number): Promise<string> {
  const reply = await ask<MockReply>(mock, { kind: "begin", seed } satisfies MockQuestion);
  if (reply.kind !== "begun") throw new Error("the mock did not begin");
  return `http://127.0.0.1:${reply.port}`;
}

export async function countsOf(mock: Program): Promise<MockCounts> {
  const reply = await ask<MockReply>(mock, { kind: "counts" } satisfies MockQuestion);
  if (reply.kind !== "counts") throw new Error("the mock did not count");
  return reply.counts;
}

/** The first `tenants` tenants' questions, to the mock at `url`. */
export type ClientQuestion = { url: string; tenants: number };
export type ClientReply = { figures: RunFigures } | { error: string };

export type RunFigures = {
  /** From the first question to the last answer kept. */
  makespanMs: number;
  /** Of the whole process, for as long. */
  cpuMs: number;
  scoringMs: number;
  /** Prompts with a valid answer. */
  answered: number;
};

/** As a production start runs a worker: bundled, with its flags. */
export async function startClient(): Promise<Program> {
  const entry = fileURLToPath(new URL("./client-child.ts", import.meta.url));
  const bundle = await bundleProgram(entry, "evalrun-client");
  return startProgram({ file: process.execPath, args: [...WORKER_NODE_FLAGS, bundle], core: null });
}

export async function runClient(client: Program, question: ClientQuestion): Promise<RunFigures> {
  const reply = await ask<ClientReply>(client, question);
  if ("error" in reply) throw new Error(reply.error);
  return reply.figures;
}
