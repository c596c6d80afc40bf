import { describe, expect, it } from "vitest";
import { goodFacts } from "../testing/node-facts.ts";
import { proposePool } from "./propose-pool.ts";
import { pathsHere } from "./unmanaged-adapter-path.ts";

const nothing = { maxLoras: null, maxCpuLoras: null, maxLoraRank: null, gpuMemoryUtilization: null };
const lora = (root: string) => ({ id: root, root, parent: "b" });

describe("proposePool", () => {
  it("takes what the engine shows, proposes what usually fits and asks for the rest", () => {
    const proposal = proposePool({ ...goodFacts, visible: { ...nothing, maxLoras: 4 } }, "/store");
    expect(proposal).toMatchObject({
      slug: { value: "llama-3-1-8b-instruct", source: "proposal" },
      name: { value: "Llama-3.1-8B-Instruct", source: "proposal" },
      baseModel: { value: "meta-llama/Llama-3.1-8B-Instruct", source: "engine" },
      maxModelLen: { value: 8192, source: "engine" },
      maxLoras: { value: 4, source: "engine" },
      maxCpuLoras: { value: null, source: "ask", note: expect.stringContaining("--max-cpu-loras") },
      maxLoraRank: { value: null, source: "ask" },
      dtype: { value: "bfloat16", source: "proposal" },
      files: { value: null, source: "ask" },
      adapterDirectory: { value: "/store", source: "proposal" },
    });
  });

  it("never makes a value up under the engine's name", () => {
    const silent = { ...goodFacts, cards: [], visible: nothing, dtype: null };
    const sources = Object.values(proposePool(silent, "/store"));
    for (const { value, source } of sources) if (source !== "proposal") expect(value).toBeNull();
  });

  it.each([
    [["/mnt/loras/acme", "/mnt/loras/globex"], "/mnt/loras"],
    [["/mnt/loras/acme/v1", "/mnt/loras/globex/v2"], "/mnt/loras"],
    [["/mnt/loras/acme"], "/mnt/loras"],
    [["/a/x", "/b/y"], "/store"],
    [["hub/adapter"], "/store"],
  ])("proposes the folder that holds %j: %s", (roots, wanted) => {
    const facts = { ...goodFacts, cards: [...goodFacts.cards, ...roots.map(lora)] };
    expect(proposePool(facts, "/store").adapterDirectory.value).toBe(wanted);
  });
});

describe("pathsHere", () => {
  it("turns the node's path into ours, and tries the same path too", () => {
    expect(pathsHere("/data/adapters/acme/v1", "/data/adapters", "/var/store")).toEqual([
      "/var/store/acme/v1",
      "/data/adapters/acme/v1",
    ]);
    expect(pathsHere("/s/acme", "/s/", "/s")).toEqual(["/s/acme"]);
  });

  it.each([null, "hub/adapter", "/elsewhere/acme", "/data/adapters", "/data/adapters/../../etc/passwd"])(
    "has no place for %s",
    (root) => {
      expect(pathsHere(root, "/data/adapters", "/var/store")).toEqual([]);
    },
  );
});
