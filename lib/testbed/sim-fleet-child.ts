import { join } from "node:path";
import { silentLog } from "#lib/platform/log.ts";
import { projectRoot } from "#lib/platform/project-root.ts";
import { startSimNode } from "#lib/sim/start-node.ts";
import { answerMessages } from "./program.ts";
import { BASE_MODEL, type FleetOrder } from "./sim-fleet.ts";

/** A process of simulated nodes, each with every adapter loaded. @returns their addresses */
answerMessages(({ nodes, adapters, ...limits }: FleetOrder): Promise<string[]> => {
  const modelDir = join(projectRoot(), "e2e/fixtures/tiny-llama");
  const starting = Array.from({ length: nodes }, async (_, at) => {
    const options = { port: 0, name: `node-${at + 1}`, baseModel: BASE_MODEL, modelDir, hashSeed: at + 1, speed: 1 };
    const { url } = await startSimNode({ ...options, ...limits, log: silentLog });
    for (const [lora_name, lora_path] of adapters) await load(url, JSON.stringify({ lora_name, lora_path }));
    return url;
  });
  return Promise.all(starting);
});

async function load(url: string, body: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const reply = await fetch(`${url}/v1/load_lora_adapter`, { method: "POST", headers, body });
  if (!reply.ok) throw new Error(`loading ${body} answered ${reply.status}: ${await reply.text()}`);
}
