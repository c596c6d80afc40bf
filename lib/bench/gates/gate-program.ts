import type { Respondent } from "#lib/evals/asking/ask-gateway.ts";
import { ask, type Program, startModule } from "#lib/testbed/program.ts";

export type GateOrder = {
  url: string;
  apiKey: string;
  /** A set does not pass between processes. */
  respondents: Record<"baseline" | "candidate", Omit<Respondent, "standaloneNames">>;
  /** Of each gate's suite. */
  prompts: number;
  /** Requests at a time, at most. */
  most: number;
};
export type GateQuestion = { kind: "begin"; order: GateOrder } | { kind: "ask" } | { kind: "rest" };
export type GateCounts = { answered: number; invalid: number };
export type GateReply = GateCounts | { error: string };

/** Gates one after the other, in a process of their own; they rest until they are told to ask. */
export type GateProgram = {
  /** @returns what was answered so far */
  ask(): Promise<GateCounts>;
  /** Comes back once nothing is in flight. */
  rest(): Promise<GateCounts>;
  stop(): Promise<void>;
};

export async function startGates(order: GateOrder): Promise<GateProgram> {
  const program: Program = await startModule(new URL("./gate-child.ts", import.meta.url), null);
  const tell = async (question: GateQuestion): Promise<GateCounts> => {
    const reply = await ask<GateReply>(program, question);
    if ("error" in reply) throw new Error(reply.error);
    return reply;
  };
  await tell({ kind: "begin", order });
  return { ask: () => tell({ kind: "ask" }), rest: () => tell({ kind: "rest" }), stop: () => program.kill() };
}
