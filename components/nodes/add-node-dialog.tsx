"use client";

import { type FormEvent, useState } from "react";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Node, OnboardingFinding } from "#lib/fleet/schema.ts";
import { EMPTY_NODE, type NodeDraft, NodeForm, toNewNode } from "./node-form.tsx";
import { OnboardingReport } from "./onboarding-report.tsx";

type Added = Node & { report: OnboardingFinding[] };

/** Asks for a node's address, lets the server look at it, and shows what that found. */
export function AddNodeDialog({
  poolId,
  open,
  onOpenChange,
}: {
  /** Chosen beforehand; "" = not yet. */
  poolId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const [draft, setDraft] = useState<NodeDraft>(EMPTY_NODE);
  const [added, setAdded] = useState<Added | null>(null);
  const create = useApiMutation("POST /nodes", { alsoRefresh: ["pools"], onDone: setAdded });
  const filled = { ...draft, poolId: draft.poolId || poolId };
  const change = (next: boolean) => {
    if (!next) {
      setDraft(EMPTY_NODE);
      setAdded(null);
      create.reset();
    }
    onOpenChange(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.run({ body: toNewNode(filled) });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={added ? `${added.name} added` : "Add node"}
      description={
        added
          ? "What the first look found:"
          : "One vLLM server. It is looked at first; one that serves another base model is refused."
      }
      footer={<Footer added={added} isPending={create.isPending} onClose={() => change(false)} />}
    >
      {added ? (
        <OnboardingReport findings={added.report} />
      ) : (
        <form id="add-node" onSubmit={submit} className="flex flex-col gap-4" noValidate>
          <NodeForm
            draft={filled}
            onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
            problem={create.problem}
          />
        </form>
      )}
    </Dialog>
  );
}

function Footer({ added, isPending, onClose }: { added: Added | null; isPending: boolean; onClose: () => void }) {
  if (added)
    return (
      <>
        <Button onClick={onClose}>Done</Button>
        <LinkButton variant="primary" href={`/nodes/${added.id}`}>
          Open {added.name}
        </LinkButton>
      </>
    );
  return (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button variant="primary" type="submit" form="add-node" pending={isPending}>
        Add node
      </Button>
    </>
  );
}
