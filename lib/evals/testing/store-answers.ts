import { systemRead } from "#lib/identity/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { samplingOf, seedAt } from "../conditions/sampling.ts";
import { scoreText } from "../scoring/score-stored.ts";
import { readCases } from "../suites/case-store.ts";
import { planFirstTakes } from "../verdict/plan-samples.ts";
import type { EvalWorld } from "./eval-world.ts";
import { flipped, rightBody } from "./gateway-double.ts";

/**
 * Answers a queued run's first takes as a worker that died after its last answer would have left them: the next turn asks
 * what differs, and judges. For gates that are only needed; to ask 3,600 prompts takes seconds.
 * @param lost so many of the first prompts the candidate answers wrongly, here and whenever it is asked again
 */
export async function storeAnswers(
  { api, db, gateway, node, standalone }: EvalWorld,
  runId: string,
  lost = 0,
): Promise<void> {
  const run = await db.read(platformScope, ({ client }) =>
    client.evalRun.findUniqueOrThrow({ where: { id: runId }, include: { suite: true } }),
  );
  gateway.behave((seen, right) =>
    seen.versionId === run.candidateVersionId && seen.evalCase.ordinal <= lost ? flipped(right) : right,
  );
  const cases = await systemRead(api.deps, "test", (ctx) => readCases(ctx.tx, run.suiteId));
  const names = await loraNames(db, [run.candidateVersionId, run.baselineVersionId ?? run.candidateVersionId]);
  const answered = new Map(
    (["baseline", "candidate", "baseline_repeat"] as const).flatMap((side) =>
      cases.map((evalCase) => {
        const right = {
          status: 200,
          headers: {},
          body: rightBody(evalCase, names[side === "candidate" ? 0 : 1] ?? ""),
        };
        const { body: rawReply } = side === "candidate" && evalCase.ordinal <= lost ? flipped(right) : right;
        return [`${side} ${evalCase.ordinal}`, { caseId: evalCase.caseId, rawReply, ...scoreText(rawReply, evalCase) }];
      }),
    ),
  );
  const sampling = samplingOf(run.suite.hash);
  const keys = planFirstTakes(
    cases.map(({ ordinal }) => ordinal),
    [],
  );
  const samples = keys.map((key) => ({
    ...{ id: newId("sample"), tenantId: run.tenantId, runId, ...key, ...answered.get(`${key.side} ${key.ordinal}`) },
    ...{ seed: seedAt(sampling[key.mode], key), latencyMs: 5, attempts: 1, createdAt: new Date() },
    nodeName: key.side !== "candidate" && run.baselineNodeId === standalone.id ? standalone.name : node.name,
  }));
  await db.write(platformScope, async ({ client }) => {
    await client.$executeRaw`
      INSERT INTO "EvalSample" SELECT * FROM jsonb_populate_recordset(null::"EvalSample", ${JSON.stringify(samples)}::jsonb)`;
    await client.evalRun.update({ where: { id: runId }, data: { samplesDone: samples.length } });
  });
}

const loraNames = (db: EvalWorld["db"], versionIds: readonly string[]): Promise<string[]> =>
  db.read(platformScope, async ({ client }) => {
    const versions = await client.adapterVersion.findMany({ where: { id: { in: [...versionIds] } } });
    return versionIds.map((id) => versions.find((version) => version.id === id)?.loraName ?? "");
  });
