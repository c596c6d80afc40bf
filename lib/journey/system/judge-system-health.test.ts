import { describe, expect, it } from "vitest";
import type { LoopView } from "../browser/system-schema.ts";
import { judgeSystemHealth, type SystemFacts } from "./judge-system-health.ts";

const NOW = new Date("2026-11-25T12:00:00.000Z");
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const ROOM = { data: 70_000_000_000, adapters: 70_000_000_000 };
const loop = (over: Partial<LoopView> = {}): LoopView => ({
  name: "scrape",
  state: "on_time",
  lastRunAt: NOW.toISOString(),
  lastError: null,
  overdueSeconds: null,
  holder: "w1",
  everySeconds: 10,
  ...over,
});
const WELL: SystemFacts = {
  loops: [loop()],
  workers: [{ seenAt: ago(2), report: { freeBytes: ROOM } }],
  gateways: [{ seenAt: ago(1), snapshotAt: ago(3) }],
  channels: [],
  connections: { used: 20, usable: 97 },
  scrape: { nodes: 8, unseenSince: null, lostAt: null },
};
const judge = (over: Partial<SystemFacts>) => judgeSystemHealth({ ...WELL, ...over }, NOW);
const disk = (data: number | null, adapters: number | null, seconds = 2) => [
  ...[{ seenAt: ago(seconds), report: { freeBytes: { data, adapters } } }],
];

describe("the system health", () => {
  it("has no trouble while there is none", () => {
    expect(judge({})).toEqual([]);
    expect(judge({ scrape: null })).toEqual([]);
  });

  it.each<[string, Partial<SystemFacts>, string[]]>([
    [
      "0 of 8 nodes for a minute",
      { scrape: { nodes: 8, unseenSince: ago(90), lostAt: null } },
      ["Scrape has seen 0 of 8 nodes for 90 s"],
    ],
    ["a node that restarts", { scrape: { nodes: 1, unseenSince: ago(30), lostAt: null } }, []],
    [
      "scrapes that were just lost",
      { scrape: { nodes: 8, unseenSince: null, lostAt: ago(600) } },
      ["Scrapes were lost 10 min ago: the charts have a gap"],
    ],
    ["scrapes that were lost this morning", { scrape: { nodes: 8, unseenSince: null, lostAt: ago(3_600) } }, []],
    [
      "a disk that is nearly full",
      { workers: disk(312_400_000, 70_000_000_000) },
      ["The data disk is nearly full: 312 MB free"],
    ],
    [
      "two of which one is fuller",
      { workers: disk(900_000_000, 4_000_000) },
      ["The adapter store's disk is nearly full: 4 MB free"],
    ],
    ["disks that nobody could look at", { workers: disk(null, null) }, []],
    ["a full disk of a worker that is gone", { workers: [...WELL.workers, ...disk(1, 1, 60)] }, []],
    [
      "connections at the maximum",
      { connections: { used: 97, usable: 97 } },
      ["97 of 97 database connections are in use"],
    ],
    ["connections with room", { connections: { used: 92, usable: 97 } }, []],
    [
      "a message that waits",
      { channels: [{ name: "ops", waitsSince: ago(1_500), gaveUpAt: null }] },
      ['Messages to "ops" have not left for 25 min'],
    ],
    ["a message that is tried again", { channels: [{ name: "ops", waitsSince: ago(20), gaveUpAt: null }] }, []],
    [
      "a message that was given up",
      { channels: [{ name: "ops", waitsSince: null, gaveUpAt: ago(720) }] },
      ['Messages to "ops" were given up 12 min ago'],
    ],
    ["one that was given up long ago", { channels: [{ name: "ops", waitsSince: null, gaveUpAt: ago(3_600) }] }, []],
    [
      "several channels",
      {
        channels: [
          { name: "ops", waitsSince: ago(400), gaveUpAt: null },
          { name: "mail", waitsSince: ago(600), gaveUpAt: ago(60) },
        ],
      },
      ['Messages to "mail" and 1 more channel have not left for 10 min'],
    ],
    ["no gateway", { gateways: [{ seenAt: ago(600), snapshotAt: ago(600) }] }, ["No gateway seen for 10 min"]],
    [
      "a worker that is gone, which tells nothing of disks and scrapes",
      {
        workers: disk(1, 1, 60),
        scrape: { nodes: 8, unseenSince: ago(90), lostAt: null },
      },
      ["No worker seen for 60 s"],
    ],
  ])("tells of %s", (_, facts, troubles) => {
    expect(judge(facts)).toEqual(troubles);
  });

  it("says first what explains most, and the rest after it", () => {
    expect(
      judge({
        loops: [
          loop({ name: "failing", state: "failing", lastError: "no room" }),
          loop({ name: "late", state: "late", overdueSeconds: 240 }),
          loop({ name: "stopped", state: "stopped" }),
        ],
        workers: disk(1_000_000, null),
        gateways: [],
        channels: [{ name: "ops", waitsSince: ago(600), gaveUpAt: null }],
        connections: { used: 97, usable: 97 },
        scrape: { nodes: 8, unseenSince: ago(600), lostAt: ago(600) },
      }),
    ).toEqual([
      "stopped is run by no worker",
      "The data disk is nearly full: 1 MB free",
      "97 of 97 database connections are in use",
      "late 4 min late",
      "failing fails: no room",
      "No gateway runs",
      'Messages to "ops" have not left for 10 min',
      "Scrape has seen 0 of 8 nodes for 10 min",
      "Scrapes were lost 10 min ago: the charts have a gap",
    ]);
  });
});
