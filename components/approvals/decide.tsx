"use client";

import { lazy, useState } from "react";
import type { Approval } from "#lib/cutover/browser/approval-schema.ts";
import { Button } from "../ui/button.tsx";
import { OnceOpened } from "../ui/once-opened.tsx";
import { type Audience, deciderOf } from "./approval-words.ts";
import type { Verb } from "./decide-dialog.tsx";

const DecideDialog = lazy(() => import("./decide-dialog.tsx").then((module) => ({ default: module.DecideDialog })));

/** Yes or no, with a word why; the answer is carried out within seconds. */
export function Decide({ approval, audience }: { approval: Approval; audience: Audience }) {
  const [verb, setVerb] = useState<Verb | null>(null);
  const denied = approval.canDecide ? undefined : `Only ${deciderOf(approval, audience)} can decide.`;
  return (
    <>
      <Button disabledReason={denied} onClick={() => setVerb("decline")}>
        Decline
      </Button>
      <Button variant="primary" disabledReason={denied} onClick={() => setVerb("approve")}>
        Approve
      </Button>
      <OnceOpened open={verb !== null}>
        {verb && <DecideDialog approval={approval} audience={audience} verb={verb} onClose={() => setVerb(null)} />}
      </OnceOpened>
    </>
  );
}
