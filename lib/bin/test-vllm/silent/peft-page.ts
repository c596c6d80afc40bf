import type { Finding } from "#lib/registry/schema.ts";
import type { JudgedFolder, SeenFolder } from "./judge-peft.ts";
import { errorsOf, remarksOf } from "./judge-row.ts";
import { codeText, loadReason, tableRow } from "./page-cells.ts";

export type PeftPage = { folders: readonly JudgedFolder[]; version: string; peft: string; date: string };

const countOf = (folders: readonly JudgedFolder[], isCounted: (folder: JudgedFolder) => boolean): number =>
  folders.filter(isCounted).length;

/** `docs/peft-folders.md`: every folder of the generator as a real engine took it, and what our checks say of it. */
export function renderPeftFolders({ folders, version, peft, date }: PeftPage): string {
  return `${[
    "# Folders as people hand them in",
    "",
    "Written by `npm run test:vllm -- silent`; edit `e2e/fixtures/peft_folders.py`, not this page. Each folder was made with PEFT",
    "and, where it says so, changed as trainers and people change folders. A real engine loaded it past every check of",
    "Switchyard and was asked three prompts and one conversation. It is *right* when the likeliest first tokens have the",
    "log-probabilities that transformers with PEFT gave them as the adapter was trained. Then Switchyard checked the folder.",
    "",
    tableRow(["", ""]),
    tableRow(["---", "---"]),
    tableRow(["engine", `vLLM ${version}, CPU, tiny Llama of \`e2e/fixtures\`, \`--max-lora-rank 16\``]),
    tableRow(["folders by", `PEFT ${peft}`]),
    tableRow(["run on", date]),
    tableRow(["sound", String(countOf(folders, ({ isSound }) => isSound))]),
    tableRow(["… answered rightly", String(countOf(folders, ({ isSound, isRight }) => isSound && isRight))]),
    tableRow(["… refused by Switchyard (false refusals)", String(countOf(folders, isFalse("false refusal")))]),
    tableRow(["unsound", String(countOf(folders, ({ isSound }) => !isSound))]),
    tableRow(["… refused by the engine at load", String(countOf(folders, ({ seen }) => seen.status !== 200))]),
    tableRow(["… accepted by Switchyard (false acceptances)", String(countOf(folders, isFalse("false acceptance")))]),
    "",
    ...table(
      "Sound",
      folders.filter(({ isSound }) => isSound),
    ),
    ...table(
      "Unsound",
      folders.filter(({ isSound }) => !isSound),
    ),
  ].join("\n")}`;
}

const isFalse =
  (kind: JudgedFolder["mistake"]) =>
  ({ mistake }: JudgedFolder): boolean =>
    mistake === kind;

const table = (title: string, folders: readonly JudgedFolder[]): string[] => [
  `## ${title}`,
  "",
  tableRow(["folder", "what", "at load", "answers", "Switchyard"]),
  tableRow(["---", "---", "---", "---", "---"]),
  ...folders.map((folder) =>
    tableRow([codeText(folder.id), folder.what, loadText(folder.seen), answersText(folder), oursText(folder)]),
  ),
  "",
];

const loadText = ({ status, message }: SeenFolder): string =>
  status === 200 ? "200" : `${status} ${loadReason(message ?? "")}`;

const answersText = ({ seen, isRight }: JudgedFolder): string => {
  if (seen.status !== 200) return "–";
  if (isRight) return "right";
  return seen.answers === null ? "not at all" : "**wrong**";
};

const oursText = ({ findings, mistake }: JudgedFolder): string =>
  mistake === null ? findingsText(findings) : `**${mistake}** ${findingsText(findings)}`;

/** What our checks say of a folder, as the page has it. */
export function findingsText(findings: readonly Finding[]): string {
  const errors = errorsOf(findings);
  const remarks = remarksOf(findings);
  return errors.length > 0
    ? `error ${errors.map(codeText).join(", ")}`
    : ["passes", ...(remarks.length > 0 ? [remarks.map(codeText).join(", ")] : [])].join("; ");
}
