import * as z from "zod";
import { writeAs } from "#lib/jobs/act-as.ts";
import type { ItemOutcome, JobHandler } from "#lib/jobs/job-handler.ts";
import { AppError, notFound } from "#lib/platform/errors.ts";
import { addSuite } from "../add-suite.ts";
import { newestRevision } from "../suite-store.ts";
import { toolsOf } from "../tools/tools-store.ts";
import { bindingVersion } from "./bind-template.ts";
import { BIND_JOB, judgeBinding } from "./bind-tenants.ts";
import { getTemplate, tenantsToBind } from "./template-store.ts";

const Input = z.object({ templateId: z.string(), perPattern: z.number(), suiteName: z.string() });
const REMARKS_MAX = 30;

/** Makes one tenant's suite of a template, by the template and the tools of now; the same prompts twice are one suite. */
export const bindHandler: JobHandler = {
  kind: BIND_JOB,
  action: "eval.run",
  concurrency: 2,
  runItem: (deps, job, item) =>
    writeAs(deps, job, async (ctx): Promise<ItemOutcome> => {
      const { templateId, perPattern, suiteName: name } = Input.parse(job.input);
      const template = await getTemplate(ctx.tx, templateId);
      const [tenant] = await tenantsToBind(ctx.tx, [item.key]);
      if (template === null) throw notFound("template");
      if (!tenant) throw notFound("tenant");
      const tools = (await toolsOf(ctx.tx, [tenant.id])).get(tenant.id);
      const { bound, reason, fix } = judgeBinding(template, tenant, tools, perPattern);
      if (bound === null) return { state: "skipped", message: reason, fix };
      try {
        const suite = await addSuite(ctx, {
          tenantId: tenant.id,
          name,
          source: "template",
          seed: tenant.slug,
          templateId,
          cases: bound.cases,
          remarks: bound.missing.slice(0, REMARKS_MAX).map(({ pattern, why }) => `Pattern ${pattern}: ${why}.`),
          details: {
            templateId,
            templateGeneration: template.generation,
            perPattern,
            toolsHash: tools?.hash,
            bindingVersion,
          },
        });
        return { state: "succeeded", message: reason, fix, result: { type: "suite", id: suite.id } };
      } catch (error) {
        if (!(error instanceof AppError && error.reason === "suite_unchanged")) throw error;
        const same = await newestRevision(ctx.tx, tenant.id, name);
        // made before: a worker died between the suite and this answer
        const state = item.attempt > 1 ? "succeeded" : "skipped";
        return { state, message: error.message, result: same && { type: "suite", id: same.id } };
      }
    }),
};
