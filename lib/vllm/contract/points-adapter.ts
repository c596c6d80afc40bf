import type { AdapterKind } from "./adapters.ts";
import { firstTokens, isListed, isSameAnswer, load, mustLoad, refusal, refused } from "./ask.ts";
import type { ContractNode, Facts, Point } from "./point.ts";
import { refusedAdapter } from "./points-load.ts";

/** What a load of this kind comes to: a refusal with its reason, or a name in the list. */
async function outcome(node: ContractNode, kind: AdapterKind, word: string): Promise<Facts> {
  const name = node.name(kind);
  const reply = await load(node, name, kind);
  const listed = await isListed(node, name);
  return reply.status === 200 ? { status: 200, listed } : { ...refusal(reply, word), listed };
}

type Refusal = { kind: AdapterKind; says: string; word: string; needs?: Point["needs"] };

/** The engine's own words are how a bad adapter is told from a broken engine: both are 500. */
const REFUSED: readonly Refusal[] = [
  {
    kind: "rank-too-big",
    says: "A rank above max_lora_rank",
    word: "greater than max_lora_rank",
    needs: { limits: true },
  },
  {
    kind: "rank-too-big-config-only",
    says: "A config that says a rank above max_lora_rank",
    word: "greater than max_lora_rank",
    needs: { limits: true },
  },
  {
    kind: "rank-too-big-tensors-only",
    says: "Tensors of a rank above max_lora_rank under a config that says less",
    word: "must match",
    needs: { limits: true },
  },
  { kind: "dora", says: "DoRA", word: "DoRA" },
  { kind: "modules-to-save", says: "modules_to_save", word: "modules_to_save" },
  { kind: "bias-all", says: "A bias", word: "bias is not supported" },
  { kind: "config-no-r", says: "A config without r", word: "Missing required configuration fields" },
  { kind: "config-no-alpha", says: "A config without lora_alpha", word: "Missing required configuration fields" },
  { kind: "config-r-zero", says: "A rank of 0", word: "must be a positive integer" },
  { kind: "config-not-json", says: "A config that is no JSON", word: "Expecting property name" },
  { kind: "no-weights-file", says: "A directory without weights", word: "doesn't contain tensors" },
  { kind: "unknown-module", says: "Tensors of a module the base does not have", word: "target modules in" },
  { kind: "unsupported-tensor", says: "A tensor that is neither A nor B", word: "unsupported LoRA weight" },
  { kind: "truncated", says: "A weights file that was cut short", word: "Error while deserializing header" },
  { kind: "larger-base", says: "Tensors wider than the base", word: "must match", needs: { tinyBase: true } },
  { kind: "only-a", says: "An A without its B", word: "unsupported operand type" },
  { kind: "no-tensors", says: "A weights file without tensors (with no reason at all)", word: "" },
];

const ABSENT: readonly { kind: AdapterKind; says: string }[] = [
  { kind: "missing-directory", says: "A directory that is not there" },
  { kind: "empty-directory", says: "An empty directory" },
  { kind: "no-config-file", says: "A directory without adapter_config.json" },
];

/** Loaded without a word although something is wrong; `hasEffect` is what one request after the load shows. */
const SILENT: readonly { kind: AdapterKind; says: string; hasEffect: boolean }[] = [
  { kind: "wrong-prefix", says: "Tensors under a prefix the base does not have", hasEffect: false },
  { kind: "zero-b", says: "A B of zeros", hasEffect: false },
  { kind: "smaller-base", says: "Tensors narrower than the base", hasEffect: true },
  { kind: "more-layers", says: "More layers than the base has", hasEffect: true },
  { kind: "other-base-name", says: "Another base model's name in the config", hasEffect: true },
  {
    kind: "unknown-module-config-only",
    says: "Only the config names a module the base does not have",
    hasEffect: true,
  },
];

export const ADAPTER_POINTS: readonly Point[] = [
  ...ABSENT.map(
    ({ kind, says }): Point => ({
      id: `adapter.${kind}`,
      section: "1.2",
      says: `${says} is 404.`,
      check: (node) => outcome(node, kind, "No adapter found"),
      expects: ({ minor }): Facts =>
        minor < 7
          ? { status: 200, listed: true }
          : { ...refused(404, "NotFoundError", "No adapter found"), listed: false },
    }),
  ),
  ...REFUSED.map(
    ({ kind, says, word, needs }): Point => ({
      id: `adapter.${kind}`,
      section: "1.2",
      says: `${says} is refused with the engine's reason, and nothing is listed.`,
      ...(needs ? { needs } : {}),
      check: (node) => outcome(node, kind, word),
      expects: (release) => refusedAdapter(release, word),
    }),
  ),
  ...SILENT.map(
    ({ kind, says, hasEffect }): Point => ({
      id: `adapter.${kind}`,
      section: "5",
      needs: { tinyBase: true },
      says: `${says}: loaded in silence, ${hasEffect ? "and changes the answers" : "and answers as the base does"}.`,
      async check(node) {
        const seen = await outcome(node, kind, "");
        if (seen.status !== 200) return seen;
        const base = await firstTokens(node, node.baseModel);
        return { ...seen, hasEffect: !isSameAnswer(base, await firstTokens(node, node.name(kind))) };
      },
      expects: { status: 200, listed: true, hasEffect },
    }),
  ),
  {
    id: "adapter.good",
    section: "5",
    needs: { tinyBase: true },
    says: "Two good adapters answer differently from the base and from each other; the base stays as it was.",
    async check(node) {
      const base = await firstTokens(node, node.baseModel);
      const a = await firstTokens(node, await mustLoad(node, "good-a", "good-a"));
      const b = await firstTokens(node, await mustLoad(node, "good-b", "good-b"));
      const after = await firstTokens(node, node.baseModel);
      return {
        aIsBase: isSameAnswer(a, base),
        bIsBase: isSameAnswer(b, base),
        aIsB: isSameAnswer(a, b),
        baseUnchanged: isSameAnswer(base, after),
      };
    },
    expects: { aIsBase: false, bIsBase: false, aIsB: false, baseUnchanged: true },
  },
  {
    id: "adapter.alpha-pattern",
    section: "5",
    needs: { tinyBase: true },
    says: "alpha_pattern in the config: ignored up to 0.28, honoured since 0.32.",
    async check(node) {
      const plain = await firstTokens(node, await mustLoad(node, "plain", "good-a"));
      const patterned = await firstTokens(node, await mustLoad(node, "patterned", "alpha-pattern"));
      return { ignored: isSameAnswer(plain, patterned) };
    },
    expects: ({ minor }) => ({ ignored: minor < 32 }),
  },
  {
    id: "adapter.nan",
    section: "5",
    needs: { tinyBase: true },
    says: "Not-a-number weights load with 200; asked for log-probabilities the node answers 400.",
    async check(node) {
      const name = node.name("nan");
      const loaded = await load(node, name, "nan");
      const answer = await firstTokens(node, name);
      // On CPU the NaN reaches the next request too: leave nothing of it to the next check.
      for (let tries = 0; tries < 5 && (await firstTokens(node, node.baseModel)) === null; tries += 1);
      return {
        loads: loaded.status,
        answers: answer !== null,
        baseRecovers: (await firstTokens(node, node.baseModel)) !== null,
      };
    },
    expects: { loads: 200, answers: false, baseRecovers: true },
  },
];
