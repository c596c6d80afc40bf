import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalid, invalidField, notFound } from "#lib/platform/errors.ts";
import type { CaseInput, Suite, SuiteCase } from "../browser/suite-schema.ts";
import { SUITE_PROMPTS_MAX } from "../browser/suite-sizes.ts";
import type { EvalCase, SuiteMatcher } from "../eval-case.ts";
import type { StoredCase } from "../stored-sample.ts";
import { addSuite, lockSuites } from "./add-suite.ts";
import { deleteCase, getCase, insertCases, readCases, replaceCase, setHoldOut } from "./case-store.ts";
import { checkCase } from "./check-case.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { showCase, toSuite } from "./show-suite.ts";
import { hashOfStored } from "./suite-hash.ts";
import { changeSuite, getSuite, type SuiteRow } from "./suite-store.ts";

type Edit = { suiteId: string; expectedGeneration: number };
type CaseChange = { suite: Suite; case: SuiteCase };

/**
 * Copies a suite, to be edited: the next revision under its name, or the first one under another.
 * @throws AppError `not_found`
 */
export async function copySuite(ctx: Ctx, input: { suiteId: string; name?: string | undefined }): Promise<Suite> {
  const from = await getSuite(ctx.tx, input.suiteId);
  if (from === null) throw notFound("suite");
  const cases = (await readCases(ctx.tx, from.id)).map(({ caseId: _row, ...evalCase }) => evalCase);
  const { tenantId, matchers, id: basedOnId } = from;
  const name = input.name ?? from.name;
  const details = { basedOnId };
  return toSuite(
    await addSuite(ctx, { tenantId, name, source: "edit", seed: null, cases, basedOnId, matchers, details }),
  );
}

/** Replaces the suite's matchers. @throws AppError as `editSuite`, or `invalid` on a matcher of a tool that no prompt offers */
export async function changeMatchers(ctx: Ctx, edit: Edit & { matchers: readonly SuiteMatcher[] }): Promise<Suite> {
  const suite = await openSuite(ctx, edit);
  const offered = new Set(
    (await readCases(ctx.tx, suite.id)).flatMap(({ tools }) => tools.map((tool) => tool.function.name)),
  );
  const problems = edit.matchers.flatMap(({ tool, path }, at) => {
    const field = `matchers.${at}`;
    const isTwice = edit.matchers.findIndex((other) => other.tool === tool && other.path === path) < at;
    if (isTwice)
      return [{ field, code: "matcher_twice", message: `${tool} has two matchers at ${path}.`, fix: "Keep one." }];
    if (offered.has(tool)) return [];
    return [
      {
        field,
        code: "unknown_tool",
        message: `No prompt offers a tool named ${tool}.`,
        fix: "Name a tool of the suite.",
      },
    ];
  });
  if (problems.length > 0) throw invalid(problems);
  return settle(ctx, { ...suite, matchers: [...edit.matchers] }, { matchers: edit.matchers });
}

/** Adds a prompt at the end. @throws AppError as `openSuite`, `invalid`, or `conflict` (`suite_full`, `prompt_twice`) */
export async function addCase(ctx: Ctx, edit: Edit & { input: CaseInput }): Promise<CaseChange> {
  const suite = await openSuite(ctx, edit);
  if (suite.caseCount >= SUITE_PROMPTS_MAX)
    throw conflict(
      "suite_full",
      `A suite has ${SUITE_PROMPTS_MAX} prompts at most.`,
      "Remove one, or make a second suite.",
    );
  const cases = await readCases(ctx.tx, suite.id);
  const ordinal = cases.length + 1;
  const evalCase = toCase(edit.input, { id: nextKey(edit.input.category, cases), ordinal });
  requireNew(evalCase, cases);
  await insertCases(ctx.tx, suite, [evalCase]);
  const after = await settle(ctx, suite, { added: evalCase.id });
  return { suite: after, case: await shownAt(ctx, suite.id, ordinal) };
}

/** Replaces a prompt at its place. @throws AppError as `addCase` */
export async function changeCase(ctx: Ctx, edit: Edit & { caseId: string; input: CaseInput }): Promise<CaseChange> {
  const suite = await openSuite(ctx, edit);
  const cases = await readCases(ctx.tx, suite.id);
  const before = cases.find(({ caseId }) => caseId === edit.caseId);
  if (!before) throw notFound("case");
  const evalCase = toCase(edit.input, before);
  requireNew(
    evalCase,
    cases.filter(({ caseId }) => caseId !== edit.caseId),
  );
  await replaceCase(ctx.tx, edit.caseId, evalCase);
  const after = await settle(ctx, suite, { changed: evalCase.id });
  return { suite: after, case: await shownAt(ctx, suite.id, before.ordinal) };
}

/** Removes a prompt; those behind it move up. @throws AppError as `openSuite`, or `conflict` (`last_prompt`) */
export async function removeCase(ctx: Ctx, edit: Edit & { caseId: string }): Promise<Suite> {
  const suite = await openSuite(ctx, edit);
  const before = await getCase(ctx.tx, suite.id, edit.caseId);
  if (!before) throw notFound("case");
  if (suite.caseCount === 1)
    throw conflict("last_prompt", "A suite without prompts says nothing.", "Add another prompt first.");
  await deleteCase(ctx.tx, suite.id, before);
  return settle(ctx, suite, { removed: before.id });
}

/** Holds prompts out, or gives them back. @throws AppError as `openSuite`, or `invalid` naming caseIds */
export async function holdOutCases(
  ctx: Ctx,
  edit: Edit & { caseIds: readonly string[]; holdOut: boolean },
): Promise<Suite> {
  const suite = await openSuite(ctx, edit);
  const wanted = new Set(edit.caseIds);
  if ((await setHoldOut(ctx.tx, suite.id, [...wanted], edit.holdOut)) < wanted.size)
    throw invalidField(
      "caseIds",
      "unknown_case",
      "Not all of these are prompts of this suite.",
      "Reload, then choose.",
    );
  return settle(ctx, suite, { [edit.holdOut ? "heldOut" : "givenBack"]: wanted.size });
}

/**
 * The suite, held until the transaction ends, when it may still change.
 * @throws AppError `not_found`, `stale`, or `conflict` (`suite_final`) once a run used it
 */
async function openSuite(ctx: Ctx, { suiteId, expectedGeneration }: Edit): Promise<SuiteRow> {
  const seen = await getSuite(ctx.tx, suiteId);
  if (seen === null) throw notFound("suite");
  await lockSuites(ctx, seen.tenantId);
  const suite = await getSuite(ctx.tx, suiteId);
  if (suite === null) throw notFound("suite");
  if (suite.isFinal)
    throw conflict(
      "suite_final",
      `A run has used revision ${suite.revision} of ${suite.name}, so it never changes again.`,
      "Edit it as a new revision.",
    );
  if (suite.generation !== expectedGeneration) throw staleEdit();
  return suite;
}

/** Counts and hashes what the suite is now. */
async function settle(ctx: Ctx, suite: SuiteRow, details: Record<string, unknown>): Promise<Suite> {
  const { matchers } = suite;
  const cases = await readCases(ctx.tx, suite.id, matchers);
  const heldOut = cases.filter(({ holdOut }) => holdOut).length;
  const hash = hashOfStored(cases);
  if (!(await changeSuite(ctx.tx, suite, { caseCount: cases.length, heldOut, hash, matchers }))) throw staleEdit();
  await audit(ctx, {
    action: "suite.change",
    object: { type: "suite", id: suite.id },
    tenantId: suite.tenantId,
    before: { hash: suite.hash, count: suite.caseCount, heldOut: suite.heldOut },
    after: { hash, count: cases.length, heldOut, ...details },
  });
  const after = await getSuite(ctx.tx, suite.id);
  if (after === null) throw notFound("suite");
  return toSuite(after);
}

/** @throws AppError `invalid` naming every field that is wrong */
function toCase(input: CaseInput, place: Pick<EvalCase, "id" | "ordinal" | "template">): EvalCase {
  const problems = checkCase(input);
  if (problems.length > 0) throw invalid(problems);
  const { holdOut, tags, ...rest } = input;
  return {
    ...(rest as Pick<EvalCase, "category" | "messages" | "tools" | "expected">),
    id: place.id,
    ordinal: place.ordinal,
    ...(holdOut ? { holdOut: true as const } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(place.template === undefined ? {} : { template: place.template }),
  };
}

function requireNew(evalCase: EvalCase, others: readonly StoredCase[]): void {
  const print = fingerprintOf(evalCase);
  const same = others.find((other) => fingerprintOf(other) === print);
  if (same)
    throw conflict(
      "prompt_twice",
      `Prompt ${same.ordinal} asks the same with the same tools: two of a kind are one witness.`,
      "Change the prompt.",
      "messages",
    );
}

/** `<category>-<number>`, behind the highest number that the category has. */
function nextKey(category: string, cases: readonly EvalCase[]): string {
  const numbers = cases.flatMap(({ id }) => {
    const match = new RegExp(`^${category}-(\\d+)$`).exec(id);
    return match ? [Number(match[1])] : [];
  });
  return `${category}-${String(Math.max(0, ...numbers) + 1).padStart(3, "0")}`;
}

async function shownAt(ctx: Ctx, suiteId: string, ordinal: number): Promise<SuiteCase> {
  const found = (await readCases(ctx.tx, suiteId)).find((stored) => stored.ordinal === ordinal);
  if (!found) throw notFound("case");
  return showCase(found);
}
