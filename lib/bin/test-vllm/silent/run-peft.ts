import { join } from "node:path";
import { complete, errorOf, loadPath, post, unload } from "#lib/vllm/contract/ask.ts";
import type { ContractNode } from "#lib/vllm/contract/point.ts";
import type { SeenFolder } from "./judge-peft.ts";
import type { PeftManifest, TokenAnswers } from "./peft-manifest.ts";

const SHOWN = 5;
const TOKEN = /^token_id:(\d+)$/;
const idOf = (token: string): string => TOKEN.exec(token)?.[1] ?? token;

/** Loads each folder past every check of ours, asks it, and unloads it, in the manifest's order. */
export async function runPeftFolders(node: ContractNode, root: string, manifest: PeftManifest): Promise<SeenFolder[]> {
  const seen: SeenFolder[] = [];
  for (const { id } of manifest.folders) {
    const name = node.name(id);
    const reply = await loadPath(node, name, join(root, id));
    if (reply.status === 200) {
      seen.push({ id, status: 200, message: null, answers: await askAll(node, name, manifest) });
      await unload(node, name);
    } else {
      const message = errorOf(reply)?.message ?? reply.text;
      seen.push({ id, status: reply.status, message, answers: null });
    }
  }
  return seen;
}

/** The prompts, then the messages; null when a request is refused. */
export async function askAll(
  node: ContractNode,
  model: string,
  { prompts, messages }: PeftManifest,
): Promise<TokenAnswers | null> {
  const texts = await complete(node, model, { prompt: prompts, logprobs: SHOWN, return_tokens_as_token_ids: true });
  const asked = { model, messages, max_tokens: 1, temperature: 0, logprobs: true, top_logprobs: SHOWN };
  const chat = await post(node, "/v1/chat/completions", { ...asked, return_tokens_as_token_ids: true });
  if (texts.status !== 200 || chat.status !== 200) return null;
  return [...textAnswers(JSON.parse(texts.text)), ...chatAnswers(JSON.parse(chat.text))];
}

type TextReply = { choices: { logprobs: { top_logprobs: (Record<string, number> | null)[] } }[] };
const textAnswers = ({ choices }: TextReply): TokenAnswers =>
  choices.map(({ logprobs }) =>
    Object.fromEntries(
      Object.entries(logprobs.top_logprobs[0] ?? {}).map(([token, value]) => [idOf(token), value] as const),
    ),
  );

type ChatReply = { choices: { logprobs: { content: { top_logprobs: { token: string; logprob: number }[] }[] } }[] };
const chatAnswers = ({ choices }: ChatReply): TokenAnswers =>
  choices.map(({ logprobs }) =>
    Object.fromEntries(
      (logprobs.content[0]?.top_logprobs ?? []).map(({ token, logprob }) => [idOf(token), logprob] as const),
    ),
  );
