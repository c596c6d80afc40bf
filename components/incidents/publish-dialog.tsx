"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError, unplaced } from "#components/ui/field-error.ts";
import { refuseBody } from "#components/ui/form/refuse-body.ts";
import { Select, Textarea } from "#components/ui/input.tsx";
import { MeasurementView } from "#components/ui/measurement.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import { DEFAULT_TEXTS, type IncidentStatus, PLACEHOLDERS } from "#lib/incidents/browser/incident-kinds.ts";
import type { IncidentDetail, Preview } from "#lib/incidents/browser/incident-schema.ts";
import { STATUS_OPTIONS } from "./incident-words.ts";

type Text = Preview["items"][number];

/** First what is to be said, then what each customer would read; what is published is what stood there. */
export function PublishDialog({ incident, onClose }: { incident: IncidentDetail; onClose: () => void }) {
  const [status, setStatus] = useState<IncidentStatus>(incident.state === "resolved" ? "resolved" : "investigating");
  const [template, setTemplate] = useState(DEFAULT_TEXTS[status]);
  const { texts, setTexts, generation, preview } = usePreview(incident);
  const publish = usePublish(incident.id, onClose);
  const choose = (next: IncidentStatus) => {
    // words that somebody wrote stay
    if (template === DEFAULT_TEXTS[status]) setTemplate(DEFAULT_TEXTS[next]);
    setStatus(next);
  };
  // what was said is about the texts as they were
  const change = (next: readonly Text[] | null) => {
    setTexts(next);
    publish.reset();
  };
  const send = () => void publish.run({ status, texts: texts ?? [], generation });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      holdsInput={texts !== null || template !== DEFAULT_TEXTS[status]}
      size="lg"
      title="Publish update"
      description="Each customer sees only their own text, immediately, on their status page."
      footer={
        texts === null ? (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" pending={preview.isPending} onClick={() => preview.run(template)}>
              Preview texts
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => change(null)}>Back to the text</Button>
            <PublishButton texts={texts} pending={publish.isPending} onClick={send} />
          </>
        )
      }
    >
      {texts === null ? (
        <TemplateFields
          status={status}
          onStatus={choose}
          template={template}
          onTemplate={setTemplate}
          problem={preview.problem}
        />
      ) : (
        <PreviewTexts texts={texts} onTexts={change} problem={publish.problem} />
      )}
    </Dialog>
  );
}

/** What each customer would read, and the state of the incident that it was read in. */
function usePreview({ id, generation }: IncidentDetail) {
  /** null = not previewed yet. */
  const [texts, setTexts] = useState<readonly Text[] | null>(null);
  // what somebody else publishes afterwards is seen first
  const [seen, setSeen] = useState(generation);
  const mutation = useApiMutation("POST /incidents/{incidentId}/preview", {
    onDone: ({ items }) => {
      setTexts(items);
      setSeen(generation);
    },
  });
  const run = (template: string) => mutation.run({ params: { incidentId: id }, body: { template } });
  return { texts, setTexts, generation: seen, preview: { ...mutation, run } };
}

type Publication = { status: IncidentStatus; texts: readonly Text[]; generation: number };

/** Publishes what fits the API's rules; what does not is said before anything is sent. */
function usePublish(incidentId: string, onDone: () => void) {
  const [refused, setRefused] = useState<Problem | null>(null);
  const { problem, isPending, ...mutation } = useApiMutation("POST /incidents/{incidentId}/updates", { onDone });
  const run = async ({ status, texts, generation }: Publication) => {
    const body = { status, texts: texts.map(({ tenantId, text }) => ({ tenantId, text })) };
    const schema = async () => (await import("#lib/incidents/browser/incident-schema.ts")).PublishUpdate;
    const refusal = await refuseBody({ schema, body });
    setRefused(refusal);
    if (refusal === null) mutation.run({ params: { incidentId }, generation, body });
  };
  const reset = () => {
    setRefused(null);
    mutation.reset();
  };
  return { run, reset, isPending, problem: refused ?? problem };
}

type PublishButtonProps = { texts: readonly Text[]; pending: boolean; onClick: () => void };

const PublishButton = ({ texts, pending, onClick }: PublishButtonProps) => (
  <Button variant="primary" pending={pending} disabledReason={hindrance(texts)} onClick={onClick}>
    Publish to {texts.length} {texts.length === 1 ? "customer" : "customers"}
  </Button>
);

/** A text that was changed by hand since is looked at when it is published. */
const hindrance = (texts: readonly Text[]): string | undefined => {
  if (texts.length === 0) return "No tenants are affected, so there is no one to notify.";
  return texts.some(({ faults }) => faults.length > 0) ? "The text contains a blocked term." : undefined;
};

function TemplateFields({
  status,
  onStatus,
  template,
  onTemplate,
  problem,
}: {
  status: IncidentStatus;
  onStatus: (status: IncidentStatus) => void;
  template: string;
  onTemplate: (template: string) => void;
  problem: Problem | null;
}) {
  return (
    <div className="flex flex-col gap-4">
      <Field label="State">
        {(control) => (
          <Select
            {...control}
            value={status}
            onChange={(event) =>
              onStatus(STATUS_OPTIONS.find(({ value }) => value === event.target.value)?.value ?? status)
            }
            options={STATUS_OPTIONS}
          />
        )}
      </Field>
      <Field
        label="Text"
        error={fieldError(problem, "template")}
        hint={
          <>
            Filled in for each customer:{" "}
            {Object.entries(PLACEHOLDERS).map(([word, meaning], index) => (
              <span key={word}>
                {index > 0 && ", "}
                <code className="font-mono">{`{${word}}`}</code> {meaning}
              </span>
            ))}
            .
          </>
        }
      >
        {(control) => (
          <Textarea
            {...control}
            rows={6}
            value={template}
            maxLength={4_000}
            onChange={(event) => onTemplate(event.target.value)}
          />
        )}
      </Field>
      {problem && fieldError(problem, "template") === null && <ErrorState problem={problem} size="inline" />}
    </div>
  );
}

/** What each would read; a single one can be mended, or left out. */
function PreviewTexts({
  texts,
  onTexts,
  problem,
}: {
  texts: readonly Text[];
  onTexts: (texts: readonly Text[]) => void;
  problem: Problem | null;
}) {
  if (texts.length === 0)
    return <Notice tone="warn">No affected requests and no tenants selected, so no one would see this update.</Notice>;
  const places = texts.map((_, index) => `texts.${index}.text`);
  const whole = unplaced(problem, places);
  return (
    <div className="flex flex-col gap-4">
      {whole && <ErrorState problem={whole} size="inline" />}
      {texts.map((one, index) => (
        <div key={one.tenantId} className="flex flex-col items-start gap-1">
          <Field
            label={one.tenantName}
            className="w-full max-w-none"
            hint={
              <>
                Requests affected: <MeasurementView value={one.requests} mark="icon" />
              </>
            }
            error={
              one.faults.length === 0
                ? fieldError(problem, `texts.${index}.text`)
                : one.faults.map(({ message, fix }) => `${message} ${fix}`).join(" ")
            }
          >
            {(control) => (
              <Textarea
                {...control}
                rows={3}
                value={one.text}
                maxLength={4_000}
                onChange={(event) => onTexts(texts.with(index, { ...one, text: event.target.value, faults: [] }))}
              />
            )}
          </Field>
          <Button
            size="sm"
            variant="ghost"
            onClick={() => onTexts(texts.filter(({ tenantId }) => tenantId !== one.tenantId))}
          >
            Leave out {one.tenantName}
          </Button>
        </div>
      ))}
    </div>
  );
}
