import type { GatewayAnswer } from "../ask-gateway.ts";
import type { Turn, TurnEnd, Turns } from "./turns.ts";

/** Sends one question in a turn of its own; the time that it waits for the turn is nobody's latency. */
export type InTurn = (send: () => Promise<GatewayAnswer>) => Promise<GatewayAnswer>;

/** One prompt's tries: the first in the turn that was taken for it, each later one in another that it waits for. */
export function createTries(turns: Turns, first: Turn, signal: AbortSignal): { inTurn: InTurn; giveBack(): void } {
  let held: Turn | null = first;
  const giveBack = (how: TurnEnd = { kind: "other", retryAfterMs: null }) => {
    held?.end(how);
    held = null;
  };
  return {
    giveBack: () => giveBack(),
    async inTurn(send) {
      held ??= await turns.take("again", signal);
      try {
        const answer = await send();
        giveBack(endOf(answer));
        return answer;
      } finally {
        giveBack();
      }
    },
  };
}

function endOf(answer: GatewayAnswer): TurnEnd {
  if (answer.ok) return { kind: "answered", retryAfterMs: null };
  return { kind: answer.isBusy ? "busy" : "other", retryAfterMs: answer.retryAfterMs };
}
