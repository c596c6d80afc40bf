import { hashPair, hashText } from "../hash.ts";

const OPENINGS = [
  "Thanks for getting in touch.",
  "Happy to help with that.",
  "I have looked into this for you.",
  "Good question.",
  "Let me explain.",
] as const;
const BODIES = [
  "Your request was recorded and the team in charge will see it today.",
  "The change takes effect with the next billing period, and nothing is charged twice.",
  "You can find the details under Settings, in the section that carries your account's name.",
  "Orders placed before noon leave our warehouse the same day.",
  "The figures you see are updated once an hour, so a short delay is normal.",
  "A colleague can take over from here if you would rather talk to a person.",
  "We keep the original document and add your correction beside it.",
] as const;
const CLOSINGS = [
  "Is there anything else I can do?",
  "Let me know if that answers it.",
  "Tell me the reference number and I can check again.",
] as const;
const REFUSALS = [
  "None of the tools I have can do that. Could you tell me more about what you need?",
  "I am missing a detail before I can act: which one do you mean?",
  "I can't do that for you here, but I can answer questions about your account.",
] as const;

const pick = (list: readonly string[], choice: number): string => list[choice % list.length] ?? "";

/** A short answer of a support desk; the same for the same prompt. */
export function plausibleText(promptHash: string): string {
  const choice = hashText(promptHash);
  const first = choice % BODIES.length;
  const second = (first + 1 + (hashPair(choice, 2) % (BODIES.length - 1))) % BODIES.length;
  const bodies = [pick(BODIES, first), pick(BODIES, second)];
  return [pick(OPENINGS, hashPair(choice, 1)), ...bodies, pick(CLOSINGS, hashPair(choice, 3))].join(" ");
}

/** What a model says when no tool fits. */
export const refusalText = (promptHash: string): string => pick(REFUSALS, hashText(promptHash, 3));
