import { beforeAll, describe, expect, it } from "vitest";
import { BASE_MODEL, largestDifference, MODEL_DIR, TRAINED, writeAdapter } from "../testing/node-fixture.ts";
import { type BaseModel, readBaseModel } from "./base-model.ts";
import { type AdapterWeights, loadAdapter } from "./load-adapter.ts";
import { forward } from "./log-probs.ts";

const RULES = { maxLoraRank: 16, readsPatterns: true, checksRankSign: true, targetModules: null };
let base: BaseModel;

beforeAll(async () => {
  base = await readBaseModel(BASE_MODEL, MODEL_DIR, 0);
});

function scores(weights: AdapterWeights | null, noise = 0, nonce = 1): number[] {
  const model = forward(base, weights, noise, nonce);
  const [first = 0, ...rest] = base.tokenizer.encode("Please refund order A1042 and tell the customer.", true);
  let at = model.extend(model.start, first);
  return rest.map((token) => {
    const logProb = model.logProbs(at)[token] ?? Number.NaN;
    at = model.extend(at, token);
    return logProb;
  });
}

const read = (path: string) => loadAdapter({ name: "x", path }, base, RULES);

describe("forward", () => {
  it("gives a distribution", () => {
    const model = forward(base, null, 0, 1);
    expect(model.logProbs(model.start).reduce((sum, logProb) => sum + Math.exp(logProb), 0)).toBeCloseTo(1, 9);
  });

  it("gives exactly the base's numbers for an adapter whose B is zero", async () => {
    const zero = await read(await writeAdapter({ seed: "z", zeroB: true }));
    expect(scores(zero)).toEqual(scores(null));
  });

  it.each(TRAINED)("is moved by the trained adapter %s far beyond the noise", async (path) => {
    const trained = await read(path);
    const noise = largestDifference(scores(null, 1e-4, 1), scores(null, 1e-4, 2));
    expect(noise).toBeGreaterThan(0);
    expect(noise).toBeLessThan(1e-3);
    expect(largestDifference(scores(trained), scores(null))).toBeGreaterThan(100 * noise);
  });

  it("follows alpha, and tells two adapters apart", async () => {
    const [one, strong, other] = await Promise.all([
      read(await writeAdapter({ seed: "a", alpha: 16 })),
      read(TRAINED[0]),
      read(TRAINED[1]),
    ]);
    expect(largestDifference(scores(strong), scores(other))).toBeGreaterThan(0.1);
    const doubled = { ...one, effect: one.effect.map((value) => 2 * value) };
    expect(largestDifference(scores(doubled), scores(null))).toBeGreaterThan(
      largestDifference(scores(one), scores(null)),
    );
  });

  it("passes NaN weights on instead of hiding them", async () => {
    const one = await read(TRAINED[0]);
    const broken = { ...one, effect: one.effect.map(() => Number.NaN) };
    expect(scores(broken).every(Number.isNaN)).toBe(true);
  });
});
