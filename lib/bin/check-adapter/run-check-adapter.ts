import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { AppError, errorText } from "#lib/platform/errors.ts";
import {
  CONTRACT_FORMAT,
  type ContractDocument,
  ContractDocumentSchema,
} from "#lib/registry/browser/contract-schema.ts";
import { checkDirectory, poolOfContract } from "#lib/registry/contract/check-directory.ts";
import type { Finding, FindingSeverity } from "#lib/registry/schema.ts";

type Output = { out: (line: string) => void; err: (line: string) => void };

const USAGE = `Usage: npm run check-adapter -- <folder> --contract <file.json> [--json]

Checks an adapter's folder against a pool's training contract, as Switchyard does at registration, without a server.
The contract: GET /api/v1/pools/<pool>/training-contract, or the download on the pool's page.
Ends with 0 when it would be accepted, 1 when it would be refused, 2 when it could not be checked.`;

/** What was asked cannot be done; the message says what to do. */
class UsageError extends Error {}

/** @returns the exit code: 0 clean, 1 errors, 2 could not be checked */
export async function runCheckAdapter(args: readonly string[], { out, err }: Output): Promise<0 | 1 | 2> {
  try {
    const { folder, contractFile, asJson } = readArguments(args);
    const contract = await readContract(contractFile);
    const findings = await checkDirectory(await requireFolder(folder), poolOfContract(contract));
    const isAccepted = !findings.some(({ severity }) => severity === "error");
    out(asJson ? jsonReport(folder, contract, findings) : textReport(contract, findings));
    return isAccepted ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) err(error.message);
    else if (error instanceof AppError)
      err([error.message, ...error.fields.flatMap(({ message, fix }) => [message, fix])].join("\n"));
    else err(`The folder could not be checked: ${errorText(error)}`);
    return 2;
  }
}

function readArguments(args: readonly string[]): { folder: string; contractFile: string; asJson: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { contract: { type: "string" }, json: { type: "boolean", default: false } },
    });
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0 || values.contract === undefined) throw new UsageError(USAGE);
    return { folder, contractFile: values.contract, asJson: values.json };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${errorText(error)}\n\n${USAGE}`);
  }
}

async function requireFolder(folder: string): Promise<string> {
  const directory = resolve(folder);
  const found = await stat(directory).catch(() => null);
  if (!found?.isDirectory())
    throw new UsageError(`${folder} is not a folder. Give the one that save_pretrained wrote.`);
  return directory;
}

async function readContract(file: string): Promise<ContractDocument> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new UsageError(`The contract ${file} cannot be read: ${errorText(cause)}`);
  });
  const parsed = ContractDocumentSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `${file} is not a training contract in the format ${CONTRACT_FORMAT}:\n${z.prettifyError(parsed.error)}\n` +
      "Download it again; a newer Switchyard may write a later format, which needs its own check-adapter.",
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // reported as a document of another format
  }
}

const jsonReport = (folder: string, contract: ContractDocument, findings: readonly Finding[]): string =>
  JSON.stringify(
    {
      format: "switchyard.adapter-check/1",
      folder,
      contract: { format: contract.format, pool: contract.pool },
      accepted: !findings.some(({ severity }) => severity === "error"),
      counts: countOf(findings),
      findings,
    },
    null,
    2,
  );

const ORDER: readonly FindingSeverity[] = ["error", "warning", "note", "pass"];

const countOf = (findings: readonly Finding[]): Record<FindingSeverity, number> => {
  const count = (severity: FindingSeverity) => findings.filter((finding) => finding.severity === severity).length;
  return { error: count("error"), warning: count("warning"), note: count("note"), pass: count("pass") };
};

function textReport({ pool }: ContractDocument, findings: readonly Finding[]): string {
  const sorted = findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  const counts = countOf(findings);
  const verdict = counts.error > 0 ? "would be refused" : "would be accepted";
  return [
    ...sorted.flatMap(findingLines),
    `${verdict} by the pool ${pool.slug}: ${counted(counts.error, "error")}, ${counted(counts.warning, "warning")}, ${counted(counts.note, "note")}, ${counts.pass} passed`,
  ].join("\n");
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

function findingLines({ severity, code, title, field, message, fix, evidence }: Finding): string[] {
  const head = `${severity.padEnd(7)} ${code}: ${title}${field ? ` (${field})` : ""}`;
  if (severity === "pass") return [head];
  const indent = " ".repeat(8);
  return [
    head,
    `${indent}${message}`,
    ...evidence.map(({ label, value }) => `${indent}${label}: ${value}`),
    ...(fix === null ? [] : [`${indent}Fix: ${fix}`]),
  ];
}
