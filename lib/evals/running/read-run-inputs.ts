import type { Ctx } from "#lib/identity/ctx.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";
import { openEndpointKey } from "#lib/registry/endpoints/endpoint-access.ts";
import { findEndpoint } from "#lib/registry/endpoints/endpoint-store.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import { promptText, type Respondent } from "../asking/ask-gateway.ts";
import type { OriginLine } from "../asking/ask-origin.ts";
import type { SampleSide } from "../schema.ts";
import type { RunRecord } from "../store.ts";
import type { StoredCase } from "../stored-sample.ts";
import { readCases } from "../suites/case-store.ts";
import { readRunSite } from "./complete-run.ts";

/** Who answers for one side. */
export type EvalTarget =
  | { on: "gateway"; respondent: Respondent }
  | { on: "origin"; endpointId: string; line: Omit<OriginLine, "outbound" | "timeoutMs"> };

/** What a run asks, and whom; read once at its start, or when it goes on after a crash. */
export type RunInputs = {
  cases: ReadonlyMap<number, StoredCase & { prompt: string }>;
  targets: Record<SampleSide, EvalTarget>;
  /** The header that names the tenant. */
  tenantHeader: string;
};

type Read<T> = { ok: true; value: T } | { ok: false; why: string };
const not = (why: string): { ok: false; why: string } => ({ ok: false, why });

/** @returns why the run cannot go on, as a sentence, when it cannot */
export async function readRunInputs(ctx: Ctx, run: RunRecord): Promise<RunInputs | string> {
  const candidate = await versionTarget(ctx, run, run.candidateVersionId, null);
  if (!candidate.ok) return candidate.why;
  const baseline = await baselineTarget(ctx, run);
  if (!baseline.ok) return baseline.why;
  const cases = await readCases(ctx.tx, run.suiteId);
  return {
    cases: new Map(cases.map((stored) => [stored.ordinal, { ...stored, prompt: promptText(stored) }])),
    targets: { baseline: baseline.value, candidate: candidate.value, baseline_repeat: baseline.value },
    tenantHeader: (await readSettings(ctx.tx)).tenantHeader,
  };
}

function baselineTarget(ctx: Ctx, run: RunRecord): Promise<Read<EvalTarget>> {
  switch (run.baselineKind) {
    case "live":
    case "standalone":
    case "itself":
      return versionTarget(ctx, run, run.baselineVersionId ?? run.candidateVersionId, run.baselineNodeId);
    case "origin":
      return originTarget(ctx, run);
    case "base":
      return baseTarget(ctx, run);
  }
}

const GONE = "What the run compares is gone: a version, or the standalone node. Start a new run.";

async function versionTarget(
  ctx: Ctx,
  run: RunRecord,
  versionId: string,
  nodeId: string | null,
): Promise<Read<EvalTarget>> {
  const { nodes } = await readRunSite(ctx, run);
  const version = await getVersion(ctx.tx, versionId);
  const node = nodes.find(({ id }) => id === nodeId);
  if (!version?.loraName || (nodeId !== null && !node)) return not(GONE);
  const { tenantId, adapterSlug, loraName } = version;
  const respondent: Respondent = {
    tenantId,
    model: adapterSlug,
    servedAs: loraName,
    versionId,
    node: node ? { id: node.id, name: node.name } : null,
    standaloneNames: standaloneNames(nodes),
  };
  return { ok: true, value: { on: "gateway", respondent } };
}

/** The pool's base model, by its own name. */
async function baseTarget(ctx: Ctx, run: RunRecord): Promise<Read<EvalTarget>> {
  const { pool, nodes } = await readRunSite(ctx, run);
  const respondent: Respondent = {
    tenantId: run.tenantId,
    model: pool.baseModel,
    servedAs: pool.baseModel,
    versionId: null,
    node: null,
    standaloneNames: standaloneNames(nodes),
  };
  return { ok: true, value: { on: "gateway", respondent } };
}

const standaloneNames = (nodes: readonly { name: string; standalone: boolean }[]): ReadonlySet<string> =>
  new Set(nodes.filter(({ standalone }) => standalone).map(({ name }) => name));

/** The endpoint as the run started on it: answers of two servers, or two models, are not mixed. */
async function originTarget(ctx: Ctx, run: RunRecord): Promise<Read<EvalTarget>> {
  const started = run.baselineOrigin;
  const endpoint = run.baselineEndpointId === null ? null : await findEndpoint(ctx.tx, run.baselineEndpointId);
  if (started === null || endpoint === null)
    return not("The deployment that the run compares with is no longer on record. Start a new run.");
  const { name, baseUrl, model } = started;
  if (endpoint.baseUrl !== baseUrl || (endpoint.model ?? run.adapterSlug) !== model)
    return not(`${name} has another address or model than when the run started. Start a new run.`);
  try {
    const apiKey = openEndpointKey(ctx.deps.secrets, endpoint);
    return { ok: true, value: { on: "origin", endpointId: endpoint.id, line: { name, baseUrl, model, apiKey } } };
  } catch {
    return not(
      `The key of ${name} cannot be read with the present SECRETS_KEY. Enter it again in Settings, Endpoints, then start a new run.`,
    );
  }
}
