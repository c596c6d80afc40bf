import type { Finding } from "#lib/registry/schema.ts";
import { GROUPS, type Group, type Row } from "#lib/vllm/contract/silent/row.ts";
import { differenceOf, errorsOf, mistakeOf, remarksOf } from "./judge-row.ts";
import { cellText, codeText, loadReason } from "./page-cells.ts";
import { QUESTION, type SeenRow } from "./run-rows.ts";

export type SilentPage = {
  rows: readonly Row[];
  seen: readonly SeenRow[];
  findings: ReadonlyMap<string, readonly Finding[]>;
  /** The engine's own word. */
  version: string;
  /** Such as "2026-11-24". */
  date: string;
};

/** `docs/silent-failures.md`: every row as a real engine took it, and what our checks say of the same files. */
export function renderSilentFailures(page: SilentPage): string {
  return `${[
    "# Silent failures",
    "",
    "Written by `npm run test:vllm`; edit the rows in `lib/vllm/contract/silent`, not this page. Each row is an adapter folder",
    "that differs from one really trained in one thing. It was loaded into a real engine past every check of Switchyard, asked,",
    "and unloaded; then Switchyard's checks looked at the same folder. `npm test` runs the same rows on simulated nodes.",
    "",
    ...summary(page),
    "*As trained*, *as the base* and *otherwise* compare the log-probabilities of the likeliest first tokens of three prompts.",
    `The words are what the adapter says to "${QUESTION}", which the trained one answers with a call of \`get_invoice\`.`,
    "*others*: what happened to requests for the base model that came after it on the same node.",
    "",
    ...groupsOf(page.rows).flatMap((group) => groupTable(group, page)),
    ...limits(),
  ].join("\n")}\n`;
}

const groupsOf = (rows: readonly Row[]): Group[] => [...new Set(rows.map(({ group }) => group))];

function summary({ rows, seen, findings, version, date }: SilentPage): string[] {
  const seenOf = new Map(seen.map((each) => [each.id, each]));
  const unsound = rows.filter(({ isSound, fault }) => !isSound && fault !== "node");
  const accepted = unsound.filter(({ id }) => seenOf.get(id)?.status === 200);
  const caught = accepted.filter(({ id }) => errorsOf(findings.get(id) ?? []).length > 0);
  const sound = rows.filter(({ isSound }) => isSound);
  const passed = sound.filter(({ id }) => errorsOf(findings.get(id) ?? []).length === 0);
  const row = (what: string, count: number | string) => `| ${what} | ${count} |`;
  return [
    "|  |  |",
    "| --- | --- |",
    row("engine", `vLLM ${version}, CPU, tiny Llama of \`e2e/fixtures\`, \`--max-lora-rank 16\``),
    row("run on", date),
    row("rows", rows.length),
    row("not sound", unsound.length),
    row("… of these refused by the engine at load", unsound.length - accepted.length),
    row("… loaded in silence", accepted.length),
    row("… loaded in silence and refused by Switchyard", caught.length),
    row("sound", sound.length),
    row("… accepted by Switchyard", passed.length),
    "",
  ];
}

function groupTable(group: Group, { rows, seen, findings }: SilentPage): string[] {
  const seenOf = new Map(seen.map((each) => [each.id, each]));
  return [
    `## ${GROUPS[group]}`,
    "",
    "| row | what | at load | answers | others | Switchyard |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows
      .filter((row) => row.group === group)
      .map((row) => {
        const was = seenOf.get(row.id);
        const found = findings.get(row.id) ?? [];
        const cells = [
          codeText(row.id),
          whatText(row),
          loadText(row, was),
          answersText(was),
          was?.others ?? "",
          oursText(row, found),
        ];
        return `| ${cells.map(cellText).join(" | ")} |`;
      }),
    "",
  ];
}

const whatText = ({ what, because }: Row): string => `${what}.${because ? ` ${because}` : ""}`;

function loadText(row: Row, seen: SeenRow | undefined): string {
  if (seen === undefined) return "not run";
  const other = differenceOf(row, seen);
  const text = seen.status === 200 ? "200" : `${seen.status} ${loadReason(seen.message ?? "")}`;
  return other === null ? text : `${text} **otherwise than the row says: ${other}**`;
}

const MOST_WORDS = 48;
function answersText(seen: SeenRow | undefined): string {
  if (!seen?.answers) return "–";
  const words = (seen.text ?? "").replaceAll(/[^\x20-\x7e]+/g, "·").trim();
  const shown = words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}…` : words;
  return shown === "" ? `**${seen.answers}**` : `**${seen.answers}** ${codeText(shown)}`;
}

function oursText(row: Row, findings: readonly Finding[]): string {
  const mistake = mistakeOf(row, findings);
  if (mistake !== null) return `**${mistake}**`;
  const errors = errorsOf(findings);
  const remarks = remarksOf(findings);
  if (errors.length > 0) return `error ${errors.map(codeText).join(", ")}`;
  return remarks.length > 0 ? `passes; ${remarks.map(codeText).join(", ")}` : "passes";
}

/** What no check of the files can find. */
const limits = (): string[] => [
  "## What the files cannot show",
  "",
  "- Another base with equal shapes, if its name is unknown, or if its name, revision and files are given as the pool's. An",
  "  unknown name is a warning that an admin acknowledges. The gate compares answers.",
  "- A config whose rank, alpha or use_rslora is wrong in a way that the tensors agree with. The gate compares answers.",
  "- How the node was started: `--lora-target-modules` silently leaves modules out. The launch command of a pool never sets it.",
  "  A load probe detects an adapter without any effect, but not a partly applied one.",
  "",
  "Not run: a wrong `is_3d_lora_weight` for mixtures of experts, since the tiny base is dense. Switchyard never sends it.",
];
