import { describe, expect, it } from "vitest";
import { engineProfile, parseRelease } from "./engine-profile.ts";
import { classifyLoadError, errorMessage } from "./errors.ts";
import replies from "./testdata/replies.json" with { type: "json" };

const recent = engineProfile("0.32.0");
const middle = engineProfile("0.17.1");
const classify = (status: number, body: unknown, profile = recent) =>
  classifyLoadError(status, JSON.stringify(body), profile);
const wrapped = (message: string) => ({ error: { message, type: "InternalServerError", param: null, code: 500 } });

describe("classifyLoadError", () => {
  it.each([
    [400, replies.alreadyLoaded, "already_loaded", "already_loaded"],
    [500, replies.rankTooBig, "permanent", "rank_above_limit"],
    [400, replies.rankTooBigFlat, "permanent", "rank_above_limit"],
    [404, replies.noAdapter, "transient", "path_not_found_on_node"],
    [500, replies.engineDead, "engine_dead", "engine_dead"],
    [404, replies.routeMissing, "permanent", "lora_updates_off"],
    [401, replies.unauthorized, "permanent", "unauthorized"],
    [
      500,
      wrapped("While loading, expected target modules in {'q_proj'} but received ['x']."),
      "permanent",
      "unknown_target_modules",
    ],
    [500, wrapped("/x doesn't contain tensors"), "permanent", "no_tensors"],
    [500, wrapped("vLLM only supports modules_to_save being None."), "permanent", "modules_to_save"],
    [500, wrapped("vLLM does not yet support DoRA."), "permanent", "dora"],
    [500, wrapped("Missing required configuration fields: {'r'}"), "permanent", "config_incomplete"],
    [500, wrapped("a.b.lora_magnitude_vector is unsupported LoRA weight"), "permanent", "unsupported_weight"],
    [500, wrapped("The size of tensor a (64) must match the size of tensor b (128)"), "permanent", "shape_mismatch"],
    [500, wrapped("LoRA is not enabled. Use --enable-lora to enable LoRA."), "permanent", "lora_not_enabled"],
    [500, wrapped("something new"), "transient", "engine_error"],
    [503, "upstream connect error", "transient", "engine_error"],
  ] as const)("%i %j is %s (%s)", (status, body, expectedClass, code) => {
    expect(classify(status, body)).toMatchObject({ class: expectedClass, code });
  });

  it("takes an unexplained 400 for the engine's fault only where that release answers so", () => {
    const body = wrapped("something new");
    expect(classify(400, body, recent).class).toBe("permanent");
    expect(classify(400, body, middle).class).toBe("transient");
  });

  it("reads the message of every shape", () => {
    expect(errorMessage(JSON.stringify(replies.rankTooBigFlat))).toBe("LoRA rank 64 is greater than max_lora_rank 16.");
    expect(errorMessage(JSON.stringify(replies.unauthorized))).toBe("Unauthorized");
    expect(errorMessage(JSON.stringify(replies.routeMissing))).toBe("Not Found");
    expect(errorMessage("<html>bad gateway</html>")).toBe("<html>bad gateway</html>");
  });
});

describe("engineProfile", () => {
  it("reads release numbers, not commits", () => {
    expect(parseRelease("0.28.0rc1")).toEqual({ major: 0, minor: 28 });
    expect(parseRelease("0.17.0+cpu")).toEqual({ major: 0, minor: 17 });
    expect(parseRelease("1.0")).toEqual({ major: 1, minor: 0 });
    expect(parseRelease("dev")).toBeNull();
  });

  it("warns below 0.25, and of vulnerabilities below 0.20", () => {
    const codes = (version: string | null) => engineProfile(version).advisories.map((advisory) => advisory.code);
    expect(codes("0.25.0")).toEqual([]);
    expect(codes("1.2.0")).toEqual([]);
    expect(codes("0.24.9")).toEqual(["engine_wrong_adapter_under_load"]);
    expect(codes("0.11.0")).toEqual(["engine_wrong_adapter_under_load", "engine_security_floor"]);
    expect(codes(null)).toEqual(["engine_version_unknown"]);
  });
});
