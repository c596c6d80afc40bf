import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "#lib/api/client.ts";
import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { DEMO_BASE_MODEL } from "./demo-adapters.ts";

const NAME = "November exports";
const FOLDER = "november-exports";

/** Folders of customers who come next; three of them are wrong, each in a way of its own. */
const FOLDERS = [
  { name: "amber-coffee" },
  { name: "basalt-mining" },
  { name: "cedar-clinic--triage-bot" },
  { name: "Delta Ferries" },
  { name: "elmhurst-schools", rank: 64 },
  { name: "falcon-courier" },
  { name: "garnet-jewels", baseModel: "switchyard/tiny-llama-chat" },
  { name: "hazel-bakery" },
  { name: "indigo-textiles", without: "adapter_model.safetensors" },
  { name: "jasper-tools--shop-bot" },
  { name: "kingfisher-lakes" },
  { name: "linden-legal" },
] as const;

type DemoFolder = { name: string; rank?: number; baseModel?: string; without?: string };

/**
 * Leaves one import half-way, as somebody would on a Friday: folders on the server, checked, waiting for a hand.
 * Does nothing when there is one of that name already.
 */
export async function ensureImport(
  client: Client,
  place: { poolId: string; adapterDirectory: string; baseConfig: Record<string, unknown> },
  signal: AbortSignal,
): Promise<void> {
  const { items } = await client.call("GET /imports", { query: { limit: 200 }, signal });
  if (items.some(({ name }) => name === NAME)) return;
  const path = join(place.adapterDirectory, FOLDER);
  for (const folder of FOLDERS) await writeFolder(path, folder, place.baseConfig);
  const { id: importId } = await client.call("POST /imports", {
    body: { name: NAME, poolId: place.poolId, kind: "directory", source: { path } },
    signal,
  });
  await client.call("POST /imports/{importId}/check", { params: { importId }, body: {}, signal });
}

async function writeFolder(root: string, folder: DemoFolder, baseConfig: Record<string, unknown>): Promise<void> {
  const { name, rank = 16, baseModel = DEMO_BASE_MODEL, without } = folder;
  const { files } = writeSeededAdapter({
    seed: `demo/${FOLDER}/${name}`,
    baseModel,
    baseConfig,
    rank,
    alpha: 2 * rank,
  });
  await mkdir(join(root, name), { recursive: true });
  for (const [file, bytes] of files) if (file !== without) await writeFile(join(root, name, file), bytes);
}
