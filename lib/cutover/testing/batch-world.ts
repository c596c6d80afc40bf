import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { BatchWithRows } from "../browser/batch-schema.ts";
import { AT_ONCE } from "../browser/canary-defaults.ts";
import { cutoverTurn } from "./cutover-turn.ts";
import { createShareWorld, type ShareWorld } from "./share-world.ts";

type Ids = { tenantId: string; adapterId: string; versionId: string };
type Placed = Parameters<NonNullable<Parameters<typeof settleFleet>[1]>>[0];

/** Batches through the API, and a worker and a fleet that take turns. */
export type BatchWorld = ShareWorld & {
  /** So many tenants, each with a version whose gate was passed. */
  addPassed(prefix: string, count: number): Promise<Ids[]>;
  create(rows: readonly Ids[], change?: object): Promise<BatchWithRows>;
  read(batchId: string): Promise<BatchWithRows>;
  act(verb: "pause" | "resume" | "stop", batchId: string, reason?: string): Promise<BatchWithRows>;
  /** The worker starts what it may; what it starts is on its way. */
  turn(): Promise<void>;
  /** The nodes load what is wanted of them, and the worker carries on; `refuse` names what fails for good. */
  play(refuse?: (placed: Placed) => string | null): Promise<void>;
  setCpuPlaces(maxCpuLoras: number): Promise<void>;
};

export const rowsOf = (ids: readonly Pick<Ids, "adapterId" | "versionId">[]) =>
  ids.map(({ adapterId, versionId: toVersionId }) => ({ adapterId, toVersionId }));

export async function createBatchWorld(): Promise<BatchWorld> {
  const world = await createShareWorld();
  const { admin, db, api } = world;
  const turn = () => cutoverTurn(api.deps);
  const read = (batchId: string) => admin.call("GET /cutover-batches/{batchId}", { params: { batchId } });
  const setCpuPlaces = async (maxCpuLoras: number) => {
    await db.write(platformScope, ({ client }) =>
      client.pool.update({ where: { id: world.poolId }, data: { maxCpuLoras } }),
    );
  };
  await setCpuPlaces(200);
  return {
    ...world,
    turn,
    read,
    setCpuPlaces,
    addPassed: async (prefix, count) => {
      const all: Ids[] = [];
      for (let index = 1; index <= count; index += 1) {
        const ids = await world.addTenant(`${prefix}-${index}`, 10);
        await world.passGate(ids.versionId);
        all.push(ids);
      }
      return all;
    },
    create: (ids, change = {}) =>
      admin.call("POST /cutover-batches", { body: { rows: rowsOf(ids), atOnce: 2, plan: AT_ONCE, ...change } }),
    act: async (verb, batchId, reason) =>
      admin.call(`POST /cutover-batches/{batchId}/${verb}`, {
        params: { batchId },
        body: reason === undefined ? {} : { reason },
        generation: (await read(batchId)).generation,
      }),
    play: async (refuse) => {
      await settleFleet(db, refuse);
      await turn();
    },
  };
}
