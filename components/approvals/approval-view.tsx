"use client";

import type { ApprovalDetail } from "#lib/cutover/browser/approval-schema.ts";
import { TextLink } from "../ui/button.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { gateBasis } from "../ui/gate-basis.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { AnswerChanges } from "./answer-changes.tsx";
import { type Audience, baselineOf, deciderOf, nowOf, silenceOf } from "./approval-words.ts";
import { Deadline } from "./deadline.tsx";

/** Everything that somebody needs to decide: what changes and how, what the testing proved, which answers differ. */
export function ApprovalView({ approval, audience }: { approval: ApprovalDetail; audience: Audience }) {
  const { gate, toNumber } = approval;
  return (
    <>
      <Standing approval={approval} audience={audience} />
      <Card title="What changes">
        <KeyValue
          rows={[
            { label: "Answers now", value: capitalised(nowOf(approval, audience)) },
            { label: "Then", value: `Version ${toNumber}` },
            { label: "How", value: approval.how },
          ]}
        />
      </Card>
      <ProofCard approval={approval} audience={audience} />
      {gate && (
        <AnswerChanges
          approvalId={approval.id}
          audience={audience}
          sides={{
            before: baselineOf(gate, audience),
            now: `New version, ${toNumber}`,
          }}
        />
      )}
    </>
  );
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Whose move it is and until when, or what became of it. */
function Standing({ approval, audience }: { approval: ApprovalDetail; audience: Audience }) {
  const { state, decidedBy, decidedAt, comment, reason, canDecide, expiresAt } = approval;
  switch (state) {
    case "pending":
      return (
        <Notice tone="warn">
          {canDecide ? "Waits for you" : `Waits for ${deciderOf(approval, audience)}`}, until{" "}
          <Deadline at={expiresAt} />. {silenceOf(approval)}
        </Notice>
      );
    case "approved":
    case "declined":
      return (
        <Notice tone={state === "approved" ? "ok" : "bad"}>
          {state === "approved" ? "Approved" : "Declined"} by {decidedBy}
          {decidedAt && (
            <>
              {" "}
              <Time at={decidedAt} />
            </>
          )}
          {comment ? `: ${comment}` : "."}
        </Notice>
      );
    case "expired":
    case "withdrawn":
      return (
        <Card>
          <p className="flex flex-wrap items-center gap-x-3 text-md">
            <Status of="approval" is={state} />
            {reason}
          </p>
        </Card>
      );
  }
}

function ProofCard({ approval, audience }: { approval: ApprovalDetail; audience: Audience }) {
  const { gate, overrideReason } = approval;
  const isCustomer = audience === "customer";
  return (
    <Card title={isCustomer ? "Test results" : "Gate results"}>
      {overrideReason !== null && (
        <p className="mb-2 text-md">
          <Status of="verdict" is={gateBasis(approval)} className="me-2" />
          {setAsideWords(approval, isCustomer)}: {overrideReason}
        </p>
      )}
      {gate === null ? (
        overrideReason === null && <p className="text-md text-fg-3">Unknown: the test was deleted.</p>
      ) : (
        <KeyValue
          rows={[
            { label: "Outcome", value: <Status of="verdict" is={gate.outcome} /> },
            { label: "Prompts", value: promptsOf(gate, isCustomer) },
            { label: "Likeliest answers", value: proofOf(gate.greedy) },
            { label: "Drawn at random", value: proofOf(gate.sampled) },
            { label: "Tested", value: <Time at={gate.judgedAt} /> },
            ...(isCustomer
              ? []
              : [{ label: "Run", value: <TextLink href={`/evals/runs/${gate.runId}`}>Open run</TextLink> }]),
          ]}
        />
      )}
    </Card>
  );
}

function setAsideWords({ adopted }: ApprovalDetail, isCustomer: boolean): string {
  if (adopted) return isCustomer ? "It served you before, from another deployment" : "It already served this customer";
  return isCustomer ? "Your provider continued without a passed test" : "Without a pass";
}

type Gate = NonNullable<ApprovalDetail["gate"]>;

const promptsOf = ({ prompts, heldOut }: Gate, isCustomer: boolean): string =>
  heldOut === 0
    ? `${prompts}`
    : `${prompts}, of which ${heldOut} are kept back${isCustomer ? " so that no version is tuned on them" : ""}`;

const proofOf = ({ claim, confirmed }: Gate["greedy"]): string =>
  `True regression is ${claim}; ${confirmed === 0 ? "no prompt" : confirmed === 1 ? "1 prompt" : `${confirmed} prompts`} confirmed regressed.`;
