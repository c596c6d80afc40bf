import { textProblems } from "#lib/http/validate.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, type FieldProblem, invalid, invalidField } from "#lib/platform/errors.ts";
import { architectureOf, KNOWN_ARCHITECTURES, readBaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import {
  architectureChecksum,
  chatTemplateChecksum,
  chatTemplateOf,
  FingerprintError,
  tokenizerChecksum,
} from "./fingerprint.ts";
import type { CreatePool } from "./schema.ts";
import { insertPool, type PoolRecord } from "./store.ts";

/**
 * Adds a pool: engine limits, and the fingerprints of its base model that every adapter is checked against.
 * @throws AppError `invalid` naming every field, or `conflict` (`slug_taken`)
 */
export async function createPool(ctx: Ctx, input: CreatePool): Promise<PoolRecord> {
  const { files, ...limits } = input;
  const unstorable = [...textProblems(limits), ...textProblems(files.configJson, "files.configJson")];
  const problems = [...unstorable, ...limitProblems(input), ...baseFileProblems(files)];
  if (problems.length > 0) throw invalid(problems);
  const checksums = fingerprint(files);
  const template = chatTemplateOf({ jinja: files.chatTemplate, tokenizerConfig: files.tokenizerConfigJson });
  const pool = await insertPool(ctx.tx, {
    ...limits,
    delivery: "shared",
    driftPolicy: "keep",
    replicas: null,
    restartStep: "manual",
    restartUrl: null,
    baseConfig: files.configJson,
    ...checksums,
    chatTemplateChecksum: template === null ? null : chatTemplateChecksum(template),
    chatTemplate: template,
  });
  if (pool === null) throw slugTaken(input.slug);
  const { baseConfig, chatTemplate, otherBases, engineVersions, createdAt, nodeCount, adapterCount, ...after } = pool;
  await audit(ctx, { action: "pool.create", object: { type: "pool", id: pool.id }, tenantId: null, after });
  return pool;
}

function fingerprint(files: CreatePool["files"]): { architectureChecksum: string; tokenizerChecksum: string } {
  try {
    return {
      architectureChecksum: architectureChecksum(files.configJson),
      tokenizerChecksum: tokenizerChecksum(files.tokenizerJson),
    };
  } catch (error) {
    if (!(error instanceof FingerprintError)) throw error;
    throw invalidField("files", "no_canonical_form", error.message, "Give the base model's own files.");
  }
}

const slugTaken = (slug: string) =>
  conflict("slug_taken", `There is already a pool called ${slug}.`, "Choose another slug.", "slug");

/** Rules of vLLM that it would only tell at its own start. */
function limitProblems(input: CreatePool): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (input.maxCpuLoras < input.maxLoras)
    problems.push({
      field: "maxCpuLoras",
      code: "cpu_cache_below_slots",
      message: `The CPU cache holds ${input.maxCpuLoras} adapters, fewer than the ${input.maxLoras} GPU slots.`,
      fix: `Give at least ${input.maxLoras}: every adapter in a slot also takes a place in the CPU cache.`,
    });
  if (input.fallback === "hosted_provider")
    problems.push({
      field: "fallback",
      code: "endpoint_needed",
      message: "A new pool has no hosted provider to send requests to.",
      fix: "Add it with another policy, then give it an endpoint together with this one.",
    });
  const positions = input.files.configJson.max_position_embeddings;
  if (typeof positions === "number" && input.maxModelLen > positions)
    problems.push({
      field: "maxModelLen",
      code: "beyond_base_model",
      message: `The base model has ${positions} positions; ${input.maxModelLen} do not fit.`,
      fix: `Give at most ${positions}.`,
    });
  return problems;
}

function baseFileProblems(files: CreatePool["files"]): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const config = "files.configJson";
  const architecture = architectureOf(files.configJson);
  if (architecture === null)
    problems.push({
      field: `${config}.architectures`,
      code: "config_incomplete",
      message: "config.json names no architecture.",
      fix: 'Give the base model\'s own config.json, with "architectures".',
    });
  else if (KNOWN_ARCHITECTURES.includes(architecture) && readBaseShapes(files.configJson) === null)
    problems.push({
      field: config,
      code: "config_incomplete",
      message: `config.json lacks numbers that fix the shapes of a ${architecture}.`,
      fix: "Give it with hidden_size, intermediate_size, num_hidden_layers, num_attention_heads and vocab_size.",
    });
  const { model } = files.tokenizerJson;
  if (typeof model !== "object" || model === null || !("vocab" in model))
    problems.push({
      field: "files.tokenizerJson.model.vocab",
      code: "tokenizer_incomplete",
      message: "tokenizer.json holds no vocabulary.",
      fix: "Give the base model's own tokenizer.json, as the tokenizers library writes it.",
    });
  return problems;
}
