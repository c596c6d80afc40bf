import type { JourneyTenant } from "#lib/journey/schema.ts";
import { Card } from "../../ui/card.tsx";
import type { WizardStep } from "./wizard-step.ts";

const MOVE: Record<JourneyTenant["nextStep"]["whoseMove"], string> = {
  you: "It is your move.",
  admin: "It is an admin's move.",
  provider: "It is the provider's move.",
  customer: "It is the customer's move.",
  switchyard: "Switchyard is at work; nobody is needed.",
  nobody: "Nobody has to act.",
};

/** What follows the step on screen, in plain words. */
const AFTER: Record<WizardStep, readonly string[]> = {
  tenant: ["Its adapter gets a name and a pool.", "Then its files are checked here and sent."],
  adapter: ["The folder that PEFT wrote is checked in this browser before a byte is sent."],
  files: [
    "Only what the server lacks is sent; a lost connection or a closed page costs nothing.",
    "The server reads every byte again and says what it thinks of them.",
  ],
  checks: [
    "A version that passes is stored read-only under its digest.",
    "A refused one says what to change; the mended folder becomes the next version.",
  ],
  staged: [
    "Each node loads it and answers one real request; only then is it routable.",
    "Nothing that customers call changes.",
  ],
  gate: [
    "A pass allows the cutover. A fail says which prompts got worse.",
    "Nothing that customers call changes before the cutover.",
  ],
  over: ["A cutover moves the customer's calls, and can be taken back."],
};

/** Whose move it is, and what happens after it. */
export function WhatNext({ tenant, step }: { tenant: JourneyTenant | null; step: WizardStep }) {
  return (
    <Card title="What happens next">
      <div className="flex flex-col gap-3 text-sm text-fg-2">
        {tenant && (
          <p role="status">
            <span className="text-fg">{tenant.nextStep.sentence}</span> {MOVE[tenant.nextStep.whoseMove]}
          </p>
        )}
        <ol className="flex list-decimal flex-col gap-1.5 ps-4">
          {AFTER[step].map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ol>
        <p>Every step is saved at once. Leave whenever you like: the tenant's page shows what comes next.</p>
      </div>
    </Card>
  );
}
