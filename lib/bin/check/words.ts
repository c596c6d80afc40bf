import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Text, textsOfDocument, textsOfModule } from "./find-texts.ts";
import { listCodeFiles } from "./list-files.ts";

/** Words and turns of phrase that only this project used, with what a reader expects. See CONTRIBUTING.md, rule 7. */
const PRIVATE_WORDS: readonly { found: RegExp; better: string }[] = [
  // time and repetition
  { found: /\banew\b|\bonce more\b|\bagain and again\b/i, better: "again, repeatedly" },
  { found: /\bof before\b/i, better: "earlier, previous" },
  { found: /\bpresent (deployment|endpoint|process|step|state|one)\b/i, better: "current" },
  { found: /\bmeanwhile\b/i, better: "until when, or since when" },
  { found: /\bfor a while (what|that|how)\b/i, better: "recently" },
  { found: /\bfor good\b|\bfor ever\b/i, better: "permanently, forever" },
  { found: /\bis over\b(?! (the|its|\d))/i, better: "has ended" },
  { found: /\b(goes?|going) on(?! (a|an|the|one|all|its|their|each|top|to)\b)/i, better: "continues" },
  { found: /\b(comes?|came) (back|into being)\b/i, better: "returns, is loaded again, was created" },
  { found: /\bno more(?=[.,;:]|$)/i, better: "no longer" },
  { found: /\bso (many|much|long) (of|a|for)?\b(?! as| that)/i, better: "a number, a duration" },
  // who acts
  { found: /\bby hand\b/i, better: "manually" },
  { found: /\bwithout a hand\b|\bhands for\b|\btake control\b/i, better: "automatically, manual override" },
  { found: /\bby (itself|themselves)\b/i, better: "automatically" },
  { found: /\bstrangers?\b/i, better: "unmanaged adapter, other client" },
  { found: /\bheld by nobody\b/i, better: "unassigned" },
  { found: /\b(whoever|nobody|somebody|anybody|everybody)\b/i, better: "name who; no one, someone, anyone" },
  // what is said
  { found: /\b(tells?|told) (of|on|with|by|apart|less|whether|its|their)\b/i, better: "reports, distinguishes" },
  { found: /\b(not|nothing|nodes|gateway|that|which|would) tells?\b/i, better: "reports, says" },
  { found: /\b(last|next|no|a|the|two|each) looks?\b(?! like)|\blook(s|ed)? from\b/i, better: "poll, scrape, check" },
  { found: /\blooked at\b/i, better: "checked, read, polled" },
  { found: /\basked for\b/i, better: "requested" },
  { found: /\bfor sure\b/i, better: "confirmed" },
  { found: /\b(put|puts) to the test\b|\bwhat (became|came) of\b/i, better: "tested, the result" },
  // where things are
  { found: /\b(stands?|stood)\b/i, better: "is, appears, is listed" },
  { found: /\b(lies|lie)\b/i, better: "is, are" },
  { found: /\blets? (in|go live|go)\b|\bletting go\b/i, better: "accepts, publishes, releases" },
  { found: /\bgives? up on\b|\b(had|has|have) to go\b/i, better: "stops, is evicted" },
  { found: /\bthe house\b|\ba room of\b|\bcan burn\b/i, better: "codebase, module; error budget" },
  // grammar of another language: "X is no slug"
  { found: /(?<!\bthere) (is|are) no (?!longer|more|such|one\b|reason|other)\p{L}/iu, better: "is not a" },
  { found: /\bis to be\b|\bare to be\b/i, better: "must be, will be" },
];

/** Twenty is the aim; at more than this a sentence has to be read twice. */
const MOST_WORDS = 25;
/** Fewer texts than this, and the check has not read the project: today there are some 9,000. */
const FEWEST_TEXTS = 2_000;

/** Files whose strings are no messages to a reader. */
const DATA: readonly { path: RegExp; reason: string }[] = [
  { path: /\.test\.tsx?$|\/test(ing|data)\//, reason: "tests" },
  { path: /^lib\/(bench|soak|testbed|sim|bin\/check|bin\/test-vllm)\//, reason: "tools of the developers" },
  { path: /^lib\/evals\/suites\/recorded\/pseudonyms\.ts$/, reason: "names that replace names in recorded requests" },
  { path: /^lib\/evals\/suites\/generator\//, reason: "prompts of generated suites, which a model reads" },
  {
    path: /^lib\/evals\/suites\/from-tools\/(about-|format-call|draw-value)/,
    reason: "prompts made from a tenant's tools",
  },
  { path: /^lib\/demo\/desks\.ts$/, reason: "system prompts and requests of the demo's tenants" },
  { path: /^lib\/evals\/browser\/starter-template\.ts$/, reason: "the prompts that a new template starts with" },
  { path: /^lib\/vllm\/contract\//, reason: "findings about vLLM, written by the run that found them" },
  { path: /^docs\/(vllm-compatibility|silent-failures|peft-folders)\.md$/, reason: "written by those runs" },
  { path: /^docs\/adr\//, reason: "decisions are not edited later" },
];

/** The console's modules, messages of the API, alerts and e-mails, and the documents. */
const READ = /^(app|components|lib)\/.*\.tsx?$|^(README|CONTRIBUTING|SECURITY|CHANGELOG|docs\/.+)\.md$/;

const sentencesOf = (text: string): string[] => text.split(/(?<=[.?!:;])\s+/);
const wordsOf = (sentence: string): number => sentence.split(/\s+/).filter((word) => /[\p{L}\d…]/u.test(word)).length;

/** What is wrong with a text; nothing for most. */
export function findingsIn(text: string): string[] {
  const words = PRIVATE_WORDS.flatMap(({ found, better }) => {
    const hit = found.exec(text);
    return hit ? [`"${hit[0].trim()}": write ${better}`] : [];
  });
  const long = sentencesOf(text).flatMap((sentence) => {
    const count = wordsOf(sentence);
    const start = sentence.length > 90 ? `${sentence.slice(0, 90)}…` : sentence;
    return count > MOST_WORDS ? [`${count} words in one sentence (at most ${MOST_WORDS}): ${start}`] : [];
  });
  return [...words, ...long];
}

export type WordsFound = { read: number; findings: string[] };

/** Every private word and overlong sentence in texts that people read. @param root the project's top folder */
export function checkWords(root: string): WordsFound {
  const paths = listCodeFiles(root, /\.(tsx?|md)$/).files.filter(
    (path) => READ.test(path) && !DATA.some((data) => data.path.test(path)),
  );
  const texts = paths.flatMap((path) => {
    const source = readFileSync(join(root, path), "utf8");
    const found: Text[] = path.endsWith(".md") ? textsOfDocument(source) : textsOfModule(path, source);
    return found.map(({ text, line }) => ({ text, at: `${path}:${line}` }));
  });
  const findings = texts.flatMap(({ text, at }) => findingsIn(text).map((finding) => `${at}  ${finding}`));
  if (texts.length < FEWEST_TEXTS) findings.push(`only ${texts.length} texts were found, of at least ${FEWEST_TEXTS}`);
  return { read: texts.length, findings };
}
