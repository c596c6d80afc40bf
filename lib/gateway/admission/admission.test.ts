import { describe, expect, it } from "vitest";
import { AdmissionWorld, fates, node } from "./testing/admission-world.ts";

const TWO = [node("node-1"), node("node-2")];

describe("which node a request goes to", () => {
  it("takes the first listed among equals", () => {
    const world = new AdmissionWorld(TWO);
    expect(world.ask("a", { nodes: ["node-2", "node-1"] }).fate).toBe("node-2");
  });

  it("joins its adapter where that is in flight, although the other node is less busy", () => {
    const world = new AdmissionWorld(TWO);
    world.ask("a", { nodes: ["node-1"] });
    expect(world.ask("a", { nodes: ["node-2", "node-1"] }).fate).toBe("node-1");
    expect(world.tenant("a")).toMatchObject({ granted: 2, joined: 1 });
  });

  it("returns to the node whose slot still holds its weights", () => {
    const world = new AdmissionWorld(TWO);
    world.ask("a", { nodes: ["node-2"] }).place?.release();
    const again = world.ask("a");
    expect([again.fate, again.place?.tier]).toEqual(["node-2", "gpu"]);
  });

  it("prefers a copy in host memory to the disk", () => {
    const world = new AdmissionWorld(TWO);
    world.admission.observeResidency("node-1", 1, new Map(), 0);
    world.admission.observeResidency("node-2", 1, new Map([["a", "cpu"]]), 0);
    const asked = world.ask("a");
    expect([asked.fate, asked.place?.tier]).toEqual(["node-2", "cpu"]);
    expect(world.ask("b", { nodes: ["node-1"] }).place?.tier).toBe("disk");
  });

  it("spreads a hot adapter once its node is clearly busier", () => {
    const nodes = [node("node-1", { maxInFlight: 64 }), node("node-2", { maxInFlight: 64 })];
    const world = new AdmissionWorld(nodes);
    expect(new Set(fates(world.askAll(40, "a")))).toEqual(new Set(["node-1", "node-2"]));
  });

  it("takes a new adapter to the node whose least used one was used longest ago", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1 }), node("node-2", { maxLoras: 1 })]);
    world.ask("old", { nodes: ["node-2"] }).place?.release();
    world.clock.advance(20_000);
    world.ask("young", { nodes: ["node-1"] }).place?.release();
    expect(world.ask("new").fate).toBe("node-2");
  });

  it("rather joins on a busy node than lets many stand still for a swap on another", () => {
    const world = new AdmissionWorld(TWO.map((slots) => ({ ...slots, maxInFlight: 64 })));
    world.admission.observeResidency("node-2", 1, new Map([["a", "cpu"]]), -1);
    world.askAll(16, "a", { nodes: ["node-1"] });
    world.askAll(10, "b", { nodes: ["node-2"] });
    expect(world.ask("a").fate).toBe("node-1");
  });

  it("knows that what runs for long keeps its slot, and who lost its own instead", () => {
    const world = new AdmissionWorld();
    world.ask("long");
    for (const name of ["a", "b"]) world.ask(name).place?.release();
    expect(world.ask("a").place?.tier).toBe("cpu");
  });

  it("says unknown until the node has been measured or we put the weights there", () => {
    const world = new AdmissionWorld();
    const first = world.ask("a");
    first.place?.release();
    expect([first.place?.tier, world.ask("a").place?.tier]).toEqual(["unknown", "gpu"]);
  });

  it("needs no slot for the base model", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1 })]);
    world.ask("a");
    const base = world.ask("b", { name: null });
    expect([base.fate, base.place?.tier]).toEqual(["node-1", "gpu"]);
    expect(world.admission.report().nodes[0]).toMatchObject({ inFlight: 2, adapters: 1 });
  });

  it("forgets what a node held when its engine is a new one", () => {
    const world = new AdmissionWorld();
    world.ask("a").place?.release();
    world.configure([node("node-1", { epoch: 2 })]);
    expect(world.ask("a").place?.tier).toBe("unknown");
  });

  it("keeps what it knows when the fleet is only told again, or its limits are", () => {
    const world = new AdmissionWorld();
    world.ask("a").place?.release();
    world.configure([node("node-1")]);
    world.configure([node("node-1", { maxLoras: 3 })]);
    expect(world.ask("a").place?.tier).toBe("gpu");
  });

  it("ignores a measurement of an engine that is gone, and one older than the last use", () => {
    const world = new AdmissionWorld();
    world.clock.advance(1_000);
    world.ask("a").place?.release();
    world.admission.observeResidency("node-1", 7, new Map(), 2_000);
    world.admission.observeResidency("node-1", 1, new Map([["b", "gpu"]]), 500);
    expect([world.ask("a").place?.tier, world.ask("b").place?.tier]).toEqual(["gpu", "gpu"]);
  });
});

describe("slots and places", () => {
  it("waits for a slot rather than run one adapter too many, and gets the first that drains", () => {
    const world = new AdmissionWorld();
    const [a, b, c] = [world.ask("a"), world.ask("b"), world.ask("c")];
    world.clock.advance(80);
    expect(fates([a, b, c])).toEqual(["node-1", "node-1", "waits"]);
    b.place?.release();
    expect([c.fate, c.place?.queuedMs, c.place?.heldMs]).toEqual(["node-1", 80, 0]);
  });

  it("binds late: whoever has room first gets the request", () => {
    const world = new AdmissionWorld(TWO);
    const running = ["a", "b", "c", "d"].map((name) => world.ask(name));
    const late = world.ask("late");
    const onSecond = running.find(({ fate }) => fate === "node-2");
    onSecond?.place?.release();
    expect(late.fate).toBe("node-2");
  });

  it("dispatches a waiting group together", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1 })]);
    const running = world.ask("a");
    const group = world.askAll(3, "b");
    running.place?.release();
    expect(fates(group)).toEqual(["node-1", "node-1", "node-1"]);
    expect(world.tenant("b")).toMatchObject({ granted: 3, joined: 2, waiting: 0 });
  });

  it("keeps a tenant that takes most of the pool to a few places, while others use it too", () => {
    const world = new AdmissionWorld([node("node-1", { maxInFlight: 64 })]);
    const flood = world.askAll(30, "flood", { tokens: 1_000 });
    expect(world.ask("other").fate).toBe("node-1");
    const more = world.ask("flood", { tokens: 1_000 });
    for (const asked of flood.slice(0, 27)) asked.place?.release();
    expect(more.fate).toBe("waits");
    flood[27]?.place?.release();
    expect(more.fate).toBe("node-1");
  });

  it("lets a greedy tenant whose answers take long have more of them at once", () => {
    const most = (tookMs: number) => {
      const world = new AdmissionWorld([node("node-1", { maxInFlight: 64 })]);
      for (let round = 0; round < 4; round += 1) {
        const running = world.askAll(10, "busy", { tokens: 5_000 });
        world.clock.advance(tookMs);
        for (const asked of running) asked.place?.release();
      }
      world.ask("other");
      return fates(world.askAll(20, "busy", { tokens: 5_000 })).filter((fate) => fate === "node-1").length;
    };
    expect([most(200), most(2_000)]).toEqual([3, 12]);
  });

  it("does not take high estimates for greed", () => {
    const world = new AdmissionWorld([node("node-1", { maxInFlight: 64 })]);
    world.ask("other");
    for (let round = 0; round < 10; round += 1) world.ask("careful", { tokens: 4_000 }).place?.release(100);
    expect(new Set(fates(world.askAll(8, "careful")))).toEqual(new Set(["node-1"]));
  });

  it("does not take a burst for greed", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 3, maxInFlight: 64 })]);
    world.ask("other");
    expect(new Set(fates(world.askAll(13, "burst", { tokens: 300 })))).toEqual(new Set(["node-1"]));
    const weighty = world.askAll(26, "weighty", { tokens: 300, weight: 2 });
    expect(new Set(fates(weighty))).toEqual(new Set(["node-1"]));
  });

  it("lets a tenant alone fill a node", () => {
    const world = new AdmissionWorld();
    expect(fates(world.askAll(9, "alone"))).toEqual([...Array(8).fill("node-1"), "waits"]);
  });

  it("releases once, however often it is told", () => {
    const world = new AdmissionWorld([node("node-1", { maxInFlight: 2 })]);
    const [a, b, c, d] = ["a", "b", "a", "b"].map((name) => world.ask(name));
    a?.place?.release();
    a?.place?.release();
    expect(fates([b, c, d].filter((one) => one !== undefined))).toEqual(["node-1", "node-1", "waits"]);
  });

  it("drains the slot of a hot adapter when another tenant needs one", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1, maxInFlight: 64 })]);
    const running = world.askAll(4, "hot", { tokens: 400 });
    const waiting = world.ask("cold");
    let joined = 0;
    // requests of the hot tenant keep coming; one of its older ones ends each time
    for (let round = 0; round < 50 && waiting.fate === "waits"; round += 1) {
      const next = world.ask("hot", { tokens: 400 });
      if (next.place) joined += 1;
      running.push(next);
      world.clock.advance(20);
      running.find(({ place }) => place)?.place?.release();
      running.splice(
        running.findIndex(({ place }) => place),
        1,
      );
    }
    expect(waiting.fate).toBe("node-1");
    expect(joined).toBeLessThanOrEqual(5);
  });
});

describe("refusals", () => {
  const full = (rules: object) => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1, maxInFlight: 2 })], rules);
    return { world, running: world.ask("running", { name: "x" }) };
  };

  it("drops the newest of whom waits with most, so a flood sheds its own", () => {
    const { world } = full({ queueMax: 4 });
    const flood = world.askAll(6, "flood");
    const steady = world.ask("steady");
    expect(fates(flood)).toEqual(["waits", "waits", "waits", "queue_full", "queue_full", "queue_full"]);
    expect(steady.fate).toBe("waits");
    expect(world.tenant("flood").shed.queue_full).toBe(3);
  });

  it("counts a queue against the tenant's weight", () => {
    const { world } = full({ queueMax: 6 });
    const heavy = world.askAll(4, "heavy", { weight: 4 });
    const light = world.askAll(2, "light");
    world.ask("new");
    expect([fates(heavy), fates(light)]).toEqual([Array(4).fill("waits"), ["waits", "queue_full"]]);
  });

  it("drops the background before any user", () => {
    const { world } = full({ queueMax: 3 });
    const evals = world.askAll(2, "e", { priority: "background" });
    const users = world.askAll(3, "u");
    expect([fates(evals), fates(users)]).toEqual([Array(2).fill("queue_full"), Array(3).fill("waits")]);
  });

  it("refuses at once when the expected wait is too long, until it is half of that", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1 })], { saturationWaitMs: 2_000 });
    const running = world.ask("running", { name: "x" });
    const flood = world.askAll(8, "flood");
    const refused = flood.filter(({ fate }) => fate === "saturated");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.refusal?.retryAfterSeconds).toBeGreaterThanOrEqual(2);
    flood.find(({ fate }) => fate === "waits")?.ticket.cancel();
    expect(world.ask("flood").fate).toBe("saturated");
    for (const asked of flood) asked.ticket.cancel();
    expect(world.ask("flood").fate).toBe("waits");
    running.place?.release();
    expect(world.pool().waiting).toBe(0);
  });

  it("refuses who waited as long as it was ready to, and who is not ready to wait", () => {
    const { world } = full({});
    const patient = world.ask("a", { maxWaitMs: 500 });
    expect(world.ask("b", { maxWaitMs: 0 }).fate).toBe("waited_too_long");
    world.clock.advance(500);
    expect(patient.refusal).toMatchObject({ reason: "waited_too_long" });
    expect(patient.refusal?.retryAfterSeconds).toBeGreaterThanOrEqual(1);
  });

  it("says no_node when no node can serve it, now or later", () => {
    const { world, running } = full({});
    expect(world.ask("a", { nodes: [], refresh: () => [] }).fate).toBe("no_node");
    expect(world.ask("a", { nodes: ["gone"], refresh: () => ["gone"] }).fate).toBe("no_node");
    expect(world.ask("a", { poolId: "none" }).fate).toBe("no_node");
    expect(world.ask("x", { nodes: ["gone"], refresh: () => ["node-1"] }).fate).toBe("node-1");
    const waiting = world.ask("b");
    world.configure([]);
    expect(waiting.fate).toBe("no_node");
    running.place?.release();
  });

  it("looks for other nodes when it is told that something changed", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1 }), node("node-2")]);
    world.ask("a", { nodes: ["node-1"] });
    let able = ["node-1"];
    const waiting = world.ask("b", { nodes: able, refresh: () => able });
    able = ["node-1", "node-2"];
    world.admission.reconsider();
    expect(waiting.fate).toBe("node-2");
  });

  it("lets go of a pool that is gone, and of what waits in it", () => {
    const { world, running } = full({});
    const waiting = world.ask("a");
    world.admission.configure([], []);
    running.place?.release();
    expect([waiting.fate, world.admission.report()]).toEqual(["no_node", { nodes: [], pools: [] }]);
  });
});

describe("leaving", () => {
  it("forgets a cancelled request, and lets others go ahead", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1 })]);
    const running = world.ask("a");
    const [gone, next] = [world.ask("b"), world.ask("c")];
    gone.ticket.cancel();
    gone.ticket.cancel();
    running.place?.release();
    expect(fates([gone, next])).toEqual(["waits", "node-1"]);
    next.ticket.cancel();
    expect(world.admission.report().nodes[0]?.inFlight).toBe(1);
  });

  it("lets a hot adapter grow again once nobody waits for its slot", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1, maxInFlight: 64 })]);
    world.ask("hot", { tokens: 3_000 });
    const cold = world.ask("cold");
    expect(world.ask("hot").fate).toBe("waits");
    cold.ticket.cancel();
    expect(world.ask("hot").fate).toBe("node-1");
  });

  it("runs on where a node was taken away, and frees nothing of the one that comes back", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1 })]);
    const before = world.ask("a");
    world.configure([node("node-1", { maxLoras: 1, epoch: 2 })]);
    expect(world.ask("b").fate).toBe("node-1");
    before.place?.release();
    expect(world.ask("c").fate).toBe("waits");
  });

  it("can be called back from an answer", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1, maxInFlight: 1 })]);
    const running = world.ask("a");
    let answered = 0;
    for (let count = 0; count < 2_000; count += 1)
      world.admission.enter(
        {
          tenantId: "b",
          weight: 1,
          priority: "user",
          poolId: "pool",
          name: "b",
          nodes: ["node-1"],
          tokens: 10,
          maxWaitMs: 1_000_000,
          refresh: () => ["node-1"],
        },
        (result) => {
          answered += 1;
          if ("nodeId" in result) result.release();
        },
      );
    running.place?.release();
    expect(answered).toBe(2_000);
    expect(world.admission.report().nodes[0]).toMatchObject({ inFlight: 0, adapters: 0 });
  });

  it("forgives a tenant what a request was estimated too high", () => {
    const fateAfter = (spent: number | undefined) => {
      const world = new AdmissionWorld([node("node-1", { maxLoras: 1, maxInFlight: 1 })]);
      world.ask("careful", { tokens: 10_000 }).place?.release(spent);
      const running = world.ask("other", { tokens: 1_000 });
      const [next, careful] = [world.ask("other"), world.ask("careful")];
      running.place?.release();
      return fates([next, careful]);
    };
    expect(fateAfter(undefined)).toEqual(["node-1", "waits"]);
    expect(fateAfter(100)).toEqual(["waits", "node-1"]);
  });
});
