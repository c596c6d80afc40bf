import type { Mail } from "#lib/platform/mail.ts";
import type { ApprovalStep } from "../browser/approval-schema.ts";
import type { Decider, Silence } from "../browser/policy-schema.ts";

export type MailFacts = {
  id: string;
  cutoverId: string;
  step: ApprovalStep;
  decider: Decider;
  onSilence: Silence;
  expiresAt: Date;
  toNumber: number;
  adapterSlug: string;
  tenantName: string;
};

/** What whoever may decide is written, once when they are asked and once to remind them. */
export function approvalMail(
  facts: MailFacts,
  { isReminder, consoleUrl }: { isReminder: boolean; consoleUrl: string | undefined },
): Omit<Mail, "to"> {
  const { id, cutoverId, step, decider, onSilence, expiresAt, toNumber, adapterSlug, tenantName } = facts;
  const isCustomer = decider === "customer";
  const model = isCustomer ? adapterSlug : `${adapterSlug} of ${tenantName}`;
  const question =
    step === "canary"
      ? `May version ${toNumber} of ${model} answer its first requests?`
      : `May version ${toNumber} of ${model} go live?`;
  const silence = onSilence === "goes_on" ? "Without an answer it continues." : "Without an answer nothing goes live.";
  const until = `Answer until ${expiresAt.toISOString().slice(0, 16).replace("T", " ")} UTC. ${silence}`;
  const path = isCustomer ? `/portal/approvals/${id}` : `/cutovers/${cutoverId}`;
  const open = consoleUrl === undefined ? `The page ${path} shows what changes.` : `${consoleUrl}${path}`;
  const why = isCustomer
    ? "You get this because you are an admin of your team in Switchyard."
    : "You get this because you may decide for the platform in Switchyard.";
  return {
    id: `${id}-${isReminder ? "reminder" : "asked"}`,
    threadId: id,
    subject: isReminder ? `Reminder: ${question}` : question,
    text: `${question}\n\n${until}\n\n${open}\n\n${why}\n`,
    html: [
      "<!doctype html>",
      `<p style="font-weight:600">${escaped(question)}</p>`,
      `<p>${escaped(until)}</p>`,
      `<p>${consoleUrl === undefined ? escaped(open) : `<a href="${escaped(open)}">See what changes, and answer</a>`}</p>`,
      `<p style="color:#6b6b76">${escaped(why)}</p>`,
    ].join("\n"),
  };
}

/** Names come from people: none of them is markup. */
const escaped = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
