"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import { CHANNEL_KINDS, type ChannelKind } from "#lib/alerting/browser/alert-kinds.ts";
import type { Channel } from "#lib/alerting/browser/alert-schema.ts";
import type { Problem } from "#lib/http/schema.ts";
import { KIND_WORDS } from "./channel-words.ts";

const FORM = "channel";
const PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue";

type Draft = { name: string; kind: ChannelKind; url: string; to: string; secret: string };

/** Addresses as people list them: by comma, semicolon, or line. */
const listOf = (text: string): string[] => text.split(/[\s,;]+/).filter((one) => one !== "");
type Save = { channel: Channel | null; onClose: () => void };

/** Adds a channel, or changes one; its address and secret are entered here and shown nowhere. */
export function ChannelDialog({ channel, onClose }: Save) {
  const [draft, setDraft] = useState<Draft>({
    name: channel?.name ?? "",
    kind: channel?.kind ?? "alertmanager",
    url: "",
    to: "",
    secret: "",
  });
  const { save, problem, isPending } = useSave({ channel, onClose });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(draft);
  };
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={channel ? `Edit ${channel.name}` : "Add channel"}
      description="The address and secret are encrypted on arrival and never shown again."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={FORM} pending={isPending}>
            {channel ? "Save changes" : "Add channel"}
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <ChannelFields draft={draft} onChange={setDraft} problem={problem} isNew={channel === null} />
        <FormProblem problem={problem} fields={["name", "url", "to", "secret"]} />
      </form>
    </Dialog>
  );
}

/** What is left empty of a channel that exists stays as it is stored. */
function useSave({ channel, onClose }: Save) {
  const done = (saved: Channel) => {
    notify({ title: channel ? `${saved.name} saved` : `${saved.name} added. Send a test.` });
    onClose();
  };
  const create = useApiMutation("POST /channels", { onDone: done });
  const update = useApiMutation("PATCH /channels/{channelId}", { onDone: done });
  const save = ({ name, kind, url, to, secret }: Draft) => {
    const given = {
      ...(secret === "" ? {} : { secret }),
      ...(url === "" ? {} : { url }),
      ...(to.trim() === "" ? {} : { to: listOf(to) }),
    };
    if (channel === null) return create.run({ body: { name, kind, ...given } });
    const { id, generation } = channel;
    update.run({ params: { channelId: id }, generation, body: { name, ...given } });
  };
  const { problem, isPending } = channel ? update : create;
  return { save, problem, isPending };
}

type FieldsProps = {
  draft: Draft;
  onChange: (draft: Draft) => void;
  problem: Problem | null;
  isNew: boolean;
};

function ChannelFields({ draft, onChange, problem, isNew }: FieldsProps) {
  const { label, urlHint, secret } = KIND_WORDS[draft.kind];
  const stays = isNew ? null : "Leave empty to keep the stored one.";
  const field = (key: "name" | "url" | "to" | "secret") => ({
    value: draft[key],
    onChange: (value: string) => onChange({ ...draft, [key]: value }),
    error: fieldError(problem, key),
  });
  const choose = (kind: ChannelKind) =>
    onChange({
      ...draft,
      kind,
      url:
        KIND_WORDS[kind].urlHint === null ? "" : kind === "pagerduty" && draft.url === "" ? PAGERDUTY_URL : draft.url,
      to: kind === "email" ? draft.to : "",
      secret: KIND_WORDS[kind].secret === null ? "" : draft.secret,
    });
  return (
    <>
      <TextField label="Name" {...field("name")} autoFocus />
      {isNew ? (
        <Field label="Kind">
          {(control) => (
            <Select
              {...control}
              value={draft.kind}
              onChange={(event) => choose(CHANNEL_KINDS.find((one) => one === event.target.value) ?? draft.kind)}
              options={CHANNEL_KINDS.map((one) => ({ value: one, label: KIND_WORDS[one].label }))}
            />
          )}
        </Field>
      ) : (
        <p className="text-sm text-fg-2">{label}</p>
      )}
      {urlHint === null ? (
        <TextField
          label="Addresses"
          inputMode="email"
          optional={!isNew}
          hint={stays ?? "People or mailing lists, comma-separated, at most 20."}
          {...field("to")}
        />
      ) : (
        <TextField label="Address" inputMode="url" optional={!isNew} hint={stays ?? urlHint} {...field("url")} />
      )}
      {secret && (
        <TextField
          label={secret.label}
          type="password"
          optional={!isNew}
          hint={stays ?? secret.hint}
          {...field("secret")}
        />
      )}
    </>
  );
}
