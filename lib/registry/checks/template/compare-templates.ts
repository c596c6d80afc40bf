import { execFile } from "node:child_process";
import { join } from "node:path";
import * as z from "zod";
import { projectRoot } from "#lib/platform/project-root.ts";
import { type TemplateContext, templateCorpus } from "./template-corpus.ts";

/** Found through the project's folder: bundles have no files beside them. */
const SCRIPT = "lib/registry/checks/template/render-worker.mjs";
/** Real templates take milliseconds and a few kilobytes; one that loops without end is given up. */
const TIMEOUT_MS = 10_000;
const MEMORY = "--max-old-space-size=64";
const MOST_BYTES = 4 * 1024 ** 2;

const Rendered = z.union([z.object({ text: z.string() }), z.object({ error: z.string() })]);
const Reply = z.tuple([z.array(Rendered), z.array(Rendered)]);
type Rendered = z.infer<typeof Rendered>;

/** same: equal text for every conversation. differs: `sample` is the first where they do not. unclear: one cannot be rendered. */
export type TemplateVerdict =
  | { kind: "same"; compared: number }
  | { kind: "differs"; sample: { pool: string; adapter: string } }
  | { kind: "unclear"; why: string };

/**
 * Renders two chat templates on a fixed set of conversations, in a process with little memory and time, and compares.
 * @param tokenizerConfig of the adapter's folder: both templates get its special tokens
 */
export async function compareTemplates(
  pool: string,
  adapter: string,
  tokenizerConfig: Readonly<Record<string, unknown>> | null,
  timeoutMs = TIMEOUT_MS,
): Promise<TemplateVerdict> {
  const rendered = await renderBoth([pool, adapter], templateCorpus(tokenizerConfig), timeoutMs);
  if (typeof rendered === "string") return { kind: "unclear", why: rendered };
  return judge(...rendered);
}

/** A template may refuse a conversation, as many refuse system text; then both must. */
function judge(pool: readonly Rendered[], adapter: readonly Rendered[]): TemplateVerdict {
  const pairs = pool.flatMap((one, at) => {
    const other = adapter[at];
    return other === undefined ? [] : [{ one, other }];
  });
  const differing = pairs.find(({ one, other }) => textOf(one) !== textOf(other));
  if (differing !== undefined)
    return { kind: "differs", sample: { pool: shown(differing.one), adapter: shown(differing.other) } };
  const compared = pairs.filter(({ one }) => "text" in one).length;
  return compared > 0 ? { kind: "same", compared } : { kind: "unclear", why: shown(pool[0] ?? { error: "no text" }) };
}

const textOf = (rendered: Rendered): string | null => ("text" in rendered ? rendered.text : null);
const shown = (rendered: Rendered): string =>
  "text" in rendered ? JSON.stringify(rendered.text) : `refused: ${rendered.error}`;

/** @returns what each template made of each conversation, or why the process was given up */
function renderBoth(
  templates: readonly [string, string],
  contexts: readonly TemplateContext[],
  timeout: number,
): Promise<z.infer<typeof Reply> | string> {
  return new Promise((resolve) => {
    const script = join(projectRoot(), SCRIPT);
    const options = { env: { NODE_ENV: "production" }, timeout, killSignal: "SIGKILL", maxBuffer: MOST_BYTES } as const;
    const child = execFile(process.execPath, [MEMORY, script], options, (error, stdout) => {
      if (error === null) resolve(Reply.parse(JSON.parse(stdout)));
      else resolve(error.killed ? "rendering it takes too long or too much memory" : "rendering it failed");
    });
    child.stdin?.on("error", () => {}); // it may be ended before it has read everything; the exit says why
    child.stdin?.end(JSON.stringify({ templates, contexts }));
  });
}
