import { silentLog } from "#lib/platform/log.ts";
import { type SimNode, startSimNode } from "#lib/sim/start-node.ts";
import { BASE_MODEL, type FleetOrder, type FleetReply } from "./sim-fleet.ts";

/** A process of simulated nodes, each with every adapter loaded. */
async function carryOut(order: FleetOrder): Promise<FleetReply> {
  const starting = Array.from({ length: order.nodes }, (_, at) =>
    startSimNode({
      port: 0,
      name: `node-${at + 1}`,
      baseModel: BASE_MODEL,
      modelDir: order.modelDir,
      maxLoras: order.maxLoras,
      maxCpuLoras: order.maxCpuLoras,
      hashSeed: at + 1,
      speed: 1,
      log: silentLog,
    }),
  );
  const nodes = await Promise.all(starting);
  await Promise.all(nodes.map((node) => loadAll(node, order.adapters)));
  return { urls: nodes.map(({ url }) => url) };
}

async function loadAll(node: SimNode, adapters: FleetOrder["adapters"]): Promise<void> {
  for (const [lora_name, lora_path] of adapters) {
    const reply = await fetch(`${node.url}/v1/load_lora_adapter`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ lora_name, lora_path }),
    });
    if (!reply.ok) throw new Error(`loading ${lora_name} answered ${reply.status}: ${await reply.text()}`);
  }
}

process.on("message", (order: FleetOrder) => {
  carryOut(order).then(
    (reply) => process.send?.(reply),
    (error) => process.send?.({ error: String(error) }),
  );
});
process.once("disconnect", () => process.exit(0));
