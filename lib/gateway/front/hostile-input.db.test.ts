import { expect, it } from "vitest";
import { HOSTILE_CASES, type HostileCase } from "#lib/soak/hostile-cases.ts";
import { judgeCase } from "#lib/soak/judge-case.ts";
import { exchangeRaw } from "#lib/soak/raw-exchange.ts";
import { allSeen, gatewayWorld } from "../testing/gateway-world.ts";
import { ACME_KEY } from "../testing/make-snapshot.ts";

const world = gatewayWorld();

/** How a client's bytes may be cut into packets. */
const CUTS: Record<string, (bytes: Buffer) => Buffer[]> = {
  "in one packet": (bytes) => [bytes],
  "in two packets": (bytes) => [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)],
  "byte by byte in the head": (bytes) => [
    ...Array.from(bytes.subarray(0, 300), (byte) => Buffer.from([byte])),
    bytes.subarray(300),
  ],
};

async function faultsOf(one: HostileCase, tag: string, cut: (bytes: Buffer) => Buffer[]): Promise<string[]> {
  const pieces = cut(one.bytes({ key: ACME_KEY, tag })).filter(({ length }) => length > 0);
  const outcome = await exchangeRaw(world.gateway.port, pieces, {
    halfClose: one.halfClose ?? false,
    replies: one.replies.length,
    mustClose: one.connection === "closed",
    timeoutMs: 5_000,
  });
  const fault = judgeCase(one, outcome, pieces.length > 1);
  const seen = allSeen(world).filter(({ body }) => body.includes(tag));
  const isWhole = seen.every(({ body, path }) => JSON.parse(body).user === tag && path === "/v1/chat/completions");
  const isDue = one.atNode === "some" ? seen.length < 2 : seen.length === one.atNode;
  const atNode = isDue && isWhole ? null : `${one.name}: nodes saw ${seen.length} requests`;
  return [fault, atNode].filter((each) => each !== null);
}

it.each(Object.keys(HOSTILE_CASES).flatMap((group) => Object.keys(CUTS).map((cut) => ({ group, cut }))))(
  "answers hostile $group exactly, sent $cut",
  async ({ group, cut }) => {
    const cases = HOSTILE_CASES[group as keyof typeof HOSTILE_CASES];
    const faults = await Promise.all(
      cases.map((one, index) => faultsOf(one, `case-${index}-`, CUTS[cut] ?? ((bytes) => [bytes]))),
    );
    expect(faults.flat()).toEqual([]);
    const wrong = allSeen(world).filter(({ headers, body }) => "x-smuggled" in headers || body.includes("poison"));
    expect(wrong).toEqual([]);
    expect(allSeen(world).filter(({ body }) => !body.includes("case-"))).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${world.gateway.port}/livez`)).status).toBe(200);
  },
);
