import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import type { RecordingState } from "../../browser/recording-schema.ts";
import type { Suite } from "../../browser/suite-schema.ts";
import { SUITE_PROMPTS_MAX } from "../../browser/suite-sizes.ts";
import type { EvalCase } from "../../eval-case.ts";
import { addSuite } from "../add-suite.ts";
import { toSuite } from "../show-suite.ts";
import { deleteRecorded, getRecorded, listRecorded } from "./recorded-store.ts";
import { showRecording } from "./show-recording.ts";

/** Takes one request out. @throws AppError `not_found` */
export async function discardRecorded(ctx: Ctx, recordedId: string): Promise<RecordingState> {
  const recorded = await getRecorded(ctx.tx, recordedId);
  if (recorded === null) throw notFound("recorded request");
  await deleteRecorded(ctx.tx, recordedId);
  await audit(ctx, {
    action: "recording.discard",
    object: { type: "recorded_case", id: recordedId },
    tenantId: recorded.tenantId,
    before: { adapterId: recorded.adapterId, askedAt: recorded.askedAt.toISOString(), category: recorded.category },
    after: null,
  });
  return showRecording(ctx, recorded.adapterId);
}

/**
 * Makes a suite of the requests that are kept, oldest first; its prompts stay when theirs are deleted. Nothing of it is held
 * out: the customer has seen them all.
 * @throws AppError `not_found`, or `conflict` (`nothing_recorded`, `suite_unchanged`)
 */
export async function suiteOfRecorded(ctx: Ctx, input: { adapterId: string; name: string }): Promise<Suite> {
  const adapter = await getAdapter(ctx.tx, input.adapterId);
  if (adapter === null) throw notFound("adapter");
  const rows = await listRecorded(ctx.tx, adapter.id, SUITE_PROMPTS_MAX);
  if (rows.length === 0)
    throw conflict("nothing_recorded", "No request is kept.", "Have the customer allow recording, and wait.");
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  const cases: EvalCase[] = [];
  for (const { prompt, category, fingerprint } of rows) {
    // two recordings may have kept the same
    if (seen.has(fingerprint)) continue;
    seen.add(fingerprint);
    const number = (counts.get(category) ?? 0) + 1;
    counts.set(category, number);
    const { messages, tools, expected } = prompt as unknown as EvalCase;
    cases.push({
      id: `${category}-${String(number).padStart(3, "0")}`,
      ordinal: cases.length + 1,
      category,
      messages,
      tools,
      expected,
    });
  }
  const suite = await addSuite(ctx, {
    tenantId: adapter.tenantId,
    name: input.name,
    source: "recorded",
    seed: null,
    cases,
    remarks: ["What the live version answered is taken for right: correct what was not."],
    details: { adapterId: adapter.id },
  });
  return toSuite(suite);
}
