import { describe, expect, it } from "vitest";
import { engineProfile } from "./engine-profile.ts";
import { classifyLoadError, errorMessage } from "./errors.ts";
import { recorded } from "./testdata/recorded.ts";

const recent = engineProfile("0.32.0");
const middle = engineProfile("0.17.1");
const nested = (message: string) =>
  JSON.stringify({ error: { message, type: "InternalServerError", param: null, code: 500 } });
const flat = (message: string) =>
  JSON.stringify({ object: "error", message, type: "BadRequestError", param: null, code: 400 });

describe("classifyLoadError, on what a real 0.32.0 answered", () => {
  it.each([
    ["load", "twice", "already_loaded", "already_loaded"],
    ["load", "missing-path", "transient", "path_not_found_on_node"],
    ["load", "missing-path-sanitized", "transient", "path_not_found_on_node"],
    ["load", "relative-path", "transient", "path_not_found_on_node"],
    ["load", "base-model-name", "permanent", "name_is_base_model"],
    ["load", "empty-name", "permanent", "load_refused"],
    ["load", "field-missing", "permanent", "load_refused"],
    ["load", "wrong-method", "permanent", "lora_updates_off"],
    ["load", "runtime-updating-off", "permanent", "lora_updates_off"],
    ["load", "lora-not-enabled", "permanent", "lora_not_enabled"],
    ["auth", "load-no-key", "permanent", "unauthorized"],
    ["engine-death", "reload-of-deleted-files", "engine_dead", "engine_dead"],
    ["load-bad-adapter", "rank-32", "permanent", "rank_above_limit"],
    ["load-bad-adapter", "rank-32-tensors-only", "permanent", "shape_mismatch"],
    ["load-bad-adapter", "target-modules", "permanent", "unknown_target_modules"],
    ["load-bad-adapter", "only-a", "permanent", "lora_pair_incomplete"],
    ["load-bad-adapter", "large-hidden", "permanent", "shape_mismatch"],
    ["load-bad-adapter", "truncated", "permanent", "file_truncated"],
    ["load-bad-adapter", "no-tensors", "transient", "engine_error"],
    ["load-bad-adapter", "no-weights-file", "permanent", "no_tensors"],
    ["load-bad-adapter", "no-config-file", "transient", "path_not_found_on_node"],
    ["load-bad-adapter", "config-not-json", "permanent", "config_not_json"],
    ["load-bad-adapter", "config-no-r", "permanent", "config_incomplete"],
    ["load-bad-adapter", "config-r-zero", "permanent", "bad_rank"],
    ["load-bad-adapter", "dora", "permanent", "dora"],
    ["load-bad-adapter", "modules-to-save", "permanent", "modules_to_save"],
    ["load-bad-adapter", "bias-all", "permanent", "bias"],
    ["load-bad-adapter", "unsupported-tensor", "permanent", "unsupported_weight"],
  ])("%s/%s is %s (%s)", (topic, name, expectedClass, code) => {
    const reply = recorded(topic, name);
    expect(classifyLoadError(reply.status, reply.body, recent)).toMatchObject({ class: expectedClass, code });
  });
});

describe("classifyLoadError, on other releases and things in between", () => {
  it("reads flat errors of old releases", () => {
    expect(classifyLoadError(400, flat("LoRA rank 64 is greater than max_lora_rank 16."), middle)).toMatchObject({
      class: "permanent",
      code: "rank_above_limit",
    });
  });

  it("takes an unexplained 400 for the engine's fault only where that release answers so", () => {
    expect(classifyLoadError(400, nested("something new"), recent).class).toBe("permanent");
    expect(classifyLoadError(400, nested("something new"), middle).class).toBe("transient");
  });

  it("tries again after what a proxy in between says", () => {
    expect(classifyLoadError(503, "upstream connect error", recent).class).toBe("transient");
    expect(classifyLoadError(429, "slow down", recent).class).toBe("transient");
  });

  it("reads the message of every shape", () => {
    expect(errorMessage(nested("a"))).toBe("a");
    expect(errorMessage(flat("b"))).toBe("b");
    expect(errorMessage(recorded("auth", "load-no-key").body)).toBe("Unauthorized");
    expect(errorMessage(recorded("load", "runtime-updating-off").body)).toBe("Not Found");
    expect(errorMessage("<html>bad gateway</html>")).toBe("<html>bad gateway</html>");
  });
});
