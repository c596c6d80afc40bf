import type { JourneyTenant } from "#lib/journey/schema.ts";
import { Card } from "../../ui/card.tsx";
import type { WizardStep } from "./wizard-step.ts";

const MOVE: Record<JourneyTenant["nextStep"]["whoseMove"], string> = {
  you: "Waiting for you.",
  admin: "Waiting for an admin.",
  provider: "Waiting for the provider.",
  customer: "Waiting for the customer.",
  switchyard: "Switchyard is working; no action needed.",
  nobody: "No action needed.",
};

/** What follows the step on screen, in plain words. */
const AFTER: Record<WizardStep, readonly string[]> = {
  tenant: ["Choose the adapter's name and pool.", "Then check and upload the files."],
  adapter: ["This browser checks the PEFT folder before anything is uploaded."],
  files: [
    "Only missing files are uploaded. You can resume after a lost connection or a closed page.",
    "The server reads every byte again and reports the result.",
  ],
  checks: [
    "A version that passes is stored read-only under its digest.",
    "A rejected version says what to change. Upload the fixed folder as the next version.",
  ],
  staged: ["Each node loads it and answers one real request; only then is it routable.", "Customers see no change."],
  gate: [
    "A pass allows the cutover. A fail lists the prompts that regressed.",
    "Customers see no change before the cutover.",
  ],
  over: ["A cutover moves the customer's requests, and can be rolled back."],
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
        <p>Each step is saved immediately. You can leave at any time; the tenant's page shows the next step.</p>
      </div>
    </Card>
  );
}
