import { startFakeFleet } from "./fake-fleet.ts";
import type { LoadPlan } from "./load-times.ts";

/** What a control plane without a plan of its own does: node after node, call after call, until each is accepted. */
export async function measureSequentialLoop(input: {
  plan: LoadPlan;
  nodes: number;
  gone: readonly { loraName: string; path: string }[];
  added: readonly { loraName: string; path: string }[];
}): Promise<number> {
  const fleet = startFakeFleet();
  const loaded = input.gone.map(({ loraName, path }) => [loraName, path] as const);
  const { ports } = await fleet.ask({ kind: "start", plan: input.plan, loaded: Array(input.nodes).fill(loaded) });
  const startedAt = performance.now();
  for (const port of ports) {
    for (const { loraName, path } of input.added)
      await untilAccepted(`http://127.0.0.1:${port}/v1/load_lora_adapter`, { lora_name: loraName, lora_path: path });
    for (const { loraName } of input.gone)
      await untilAccepted(`http://127.0.0.1:${port}/v1/unload_lora_adapter`, { lora_name: loraName });
  }
  const ms = performance.now() - startedAt;
  await fleet.stop();
  return ms;
}

async function untilAccepted(url: string, body: object): Promise<void> {
  for (;;) {
    const reply = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    await reply.text();
    if (reply.ok) return;
  }
}
