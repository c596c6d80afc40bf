import { pointRoute, type ServingTenant } from "#lib/testbed/serving-store.ts";
import { createAskClient } from "./ask-client.ts";
import { type Ask, createAsks } from "./asks.ts";
import { checkReply, type Finding } from "./check-reply.ts";
import type { SoakOptions, SoakResult } from "./soak-result.ts";
import { chanceOf, openSoakWorld, type SoakWorld, violationsOf } from "./soak-world.ts";

const FULL_COUNT = 1_000_000;
const TENANTS = 40;
const AT_ONCE = 48;
const NODES = 2;
/** Routes that a cutover moves back and forth meanwhile. */
const MOVING = 6;
const MOVE_EVERY_MS = 500;
const TIMEOUT_MS = 30_000;
const SHOWN = 10;

/**
 * Many tenants' requests at once, all over the same connections, in every mix of keys, headers, models and pins; each
 * reply is checked against what its own ask was due. Right is: not one answer of another tenant's model.
 */
export async function soakIsolation({ seed, scale, log }: SoakOptions): Promise<SoakResult> {
  const world = await openSoakWorld({
    nodes: NODES,
    maxLoras: 256,
    pace: { minMs: 0, maxMs: 0, events: 3 },
    tenants: Array.from({ length: TENANTS }, (_, index) => ({
      slug: `tenant-${index + 1}`,
      adapters: ["support", `only-${index + 1}`],
      versions: 2,
      allowBaseModel: index % 4 === 0,
    })),
  });
  try {
    return await run(world, Math.round(FULL_COUNT * scale), seed, log);
  } finally {
    await world.close();
  }
}

async function run(world: SoakWorld, count: number, seed: number, log: (line: string) => void): Promise<SoakResult> {
  const { tenants } = world.pool;
  const moving = tenants.slice(-MOVING);
  const asks = createAsks(
    {
      tenants,
      trustedKey: world.trustedKey,
      moving: new Set(moving.map(({ id }) => id)),
      mayUseBase: new Set(tenants.filter((_, index) => index % 4 === 0).map(({ id }) => id)),
      hasFallbacks: false,
    },
    chanceOf(seed, 0),
  );
  const client = createAskClient(world.gateway.port, AT_ONCE, TIMEOUT_MS);
  const stopMoving = moveRoutes(world, moving);
  const tally = { sent: 0, answers: 0, wrong: 0, unexpected: 0, moves: 0 };
  const findings: string[] = [];
  const note = (finding: Finding) => {
    tally[finding.kind] += 1;
    if (findings.length < SHOWN) findings.push(finding.text);
  };
  const startedAt = performance.now();
  const worker = async () => {
    while (tally.sent < count) {
      tally.sent += 1;
      if (tally.sent % 100_000 === 0)
        log(`${tally.sent} requests, ${tally.wrong} wrong, ${tally.unexpected} unexpected`);
      const ask = asks(tally.sent);
      if (ask.expected.kind === "answer") tally.answers += 1;
      const finding = await outcome(ask);
      if (finding) note(finding);
    }
  };
  const outcome = (ask: Ask): Promise<Finding | null> =>
    client.send(ask).then(
      (reply) => checkReply(ask, reply),
      (error: Error) => ({ kind: "unexpected", text: `${ask.tag}: ${error.message}` }),
    );
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const seconds = (performance.now() - startedAt) / 1_000;
  tally.moves = await stopMoving();
  await client.close();
  const violations = await violationsOf(world.nodes);
  const rate = Math.round(count / seconds);
  return {
    summary: `${count} requests checked (${tally.answers} were due an answer), ${tally.wrong} from a wrong model, ${tally.unexpected} unexpected, ${violations.length} kinds of bytes that no node may see, ${tally.moves} routes moved, ${rate} a second`,
    faults: [...findings, ...violations],
  };
}

/** Moves live pointers while requests are under way. @returns ends it, and tells how often */
function moveRoutes({ db }: SoakWorld, tenants: readonly ServingTenant[]): () => Promise<number> {
  let moves = 0;
  let isOver = false;
  let timer: NodeJS.Timeout | null = null;
  let moved: Promise<unknown> = Promise.resolve();
  const move = () => {
    const adapter = tenants[moves % tenants.length]?.adapters[0];
    const version = adapter?.versions[Math.floor(moves / tenants.length) % adapter.versions.length];
    moves += 1;
    moved = adapter && version ? pointRoute(db, adapter.id, version.id) : moved;
    void moved.finally(() => {
      if (!isOver) timer = setTimeout(move, MOVE_EVERY_MS);
    });
  };
  move();
  return async () => {
    isOver = true;
    if (timer) clearTimeout(timer);
    await moved;
    return moves;
  };
}
