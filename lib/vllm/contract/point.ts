import { isDeepStrictEqual } from "node:util";
import type { AdapterKind } from "./adapters.ts";

/** What a check saw, reduced to what stays the same from run to run: no times, no names, no ids. */
export type Facts = Readonly<Record<string, Fact>>;
export type Fact = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** How an engine is started, by vLLM's own names where it has them. */
export type EngineStart = {
  /** `VLLM_API_KEY`; null = open. */
  apiKey: string | null;
  maxLoras: number;
  maxCpuLoras: number;
  maxLoraRank: number;
  maxModelLen: number;
  maxNumSeqs: number;
  /** `VLLM_ALLOW_RUNTIME_LORA_UPDATING`. */
  allowsRuntimeLora: boolean;
  /** `--enable-lora`. */
  enablesLora: boolean;
  /** `--lora-target-modules`; null = every module. */
  loraTargetModules: readonly string[] | null;
};

/** Two slots, three host copies: the smallest node that shows every rule of the two tiers. */
export const STANDARD_START: EngineStart = {
  apiKey: "sk-contract-0123456789abcdef",
  maxLoras: 2,
  maxCpuLoras: 3,
  maxLoraRank: 16,
  maxModelLen: 2048,
  maxNumSeqs: 4,
  allowsRuntimeLora: true,
  enablesLora: true,
  loraTargetModules: null,
};

export type Reply = {
  status: number;
  /** null = the header is absent. */
  contentType: string | null;
  text: string;
};

export type SendOptions = {
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** The node's own key unless given; null = none. */
  key?: string | null;
};

export type Sample = { name: string; labels: Readonly<Record<string, string>>; value: number };

/** One node under test, as a check may use it. Everything that touches the world is the caller's. */
export type ContractNode = {
  /** What `/version` said when the run began. */
  version: string;
  baseModel: string;
  start: EngineStart;
  /** @throws Error when no whole reply came (the engine is gone, for one) */
  send(method: "GET" | "POST" | "DELETE", path: string, options?: SendOptions): Promise<Reply>;
  /** `/metrics`, read strictly. */
  samples(): Promise<readonly Sample[]>;
  /** A lora name that was never used before on this node. */
  name(label: string): string;
  /** The directory of an adapter as the node sees it; shared, never changed. */
  directory(kind: AdapterKind): string;
  /** A copy that only this check uses, so it may overwrite or delete it. */
  ownDirectory(kind: AdapterKind): Promise<string>;
  overwrite(directory: string, kind: AdapterKind): Promise<void>;
  remove(directory: string): Promise<void>;
  /** Ends the engine as `kill -9` does and starts it again with the same settings. */
  restart(): Promise<void>;
  sleep(ms: number): Promise<void>;
  /** Waits until the plugin's counts hold everything that has happened. */
  settle(): Promise<void>;
};

export type Needs = {
  /** Started in this way; the rest as in STANDARD_START. */
  start?: Partial<EngineStart>;
  /** The node asks for a key. */
  key?: true;
  /** The check relies on the limits of `start`, which nobody knows of a stranger's node. */
  limits?: true;
  /** The base is the fixtures' tiny Llama, whose shapes the adapters have. */
  tinyBase?: true;
  /** Reads the series of Switchyard's plugin. */
  plugin?: true;
  /** Restarts the engine. */
  restart?: true;
  /** The engine is dead afterwards; such points come last. */
  ends?: true;
};

/** One rule of vLLM's contract and how it is seen. */
export type Point = {
  /** `<topic>.<what>`, unique; the page and the tests know it by this. */
  id: string;
  /** Section of the contract's description, such as "1.2". */
  section: string;
  /** The rule in one sentence. */
  says: string;
  needs?: Needs;
  check(node: ContractNode): Promise<Facts>;
  /** What must be seen; by release where releases differ. */
  expects: Facts | ((release: Release) => Facts);
};

export type Release = { minor: number };

/** "0.32.0" → minor 32; anything else counts as the newest. */
export function releaseOf(version: string): Release {
  const minor = /^0\.(\d+)/.exec(version)?.[1];
  return { minor: minor === undefined ? Number.POSITIVE_INFINITY : Number(minor) };
}

export const expectedFacts = (point: Point, version: string): Facts =>
  typeof point.expects === "function" ? point.expects(releaseOf(version)) : point.expects;

/** Names of the facts that differ, also when one side lacks them; sorted. */
export function differingFacts(expected: Facts, seen: Facts): string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(seen)]);
  return [...names].filter((name) => !isDeepStrictEqual(expected[name], seen[name])).sort();
}
