"use client";

import { useState } from "react";
import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { WORDS } from "#components/ui/form/field-text.ts";
import { FormSelect, FormText } from "#components/ui/form/form-fields.tsx";
import { type ApiForm, type FormCall, useApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import { CHANNEL_KINDS, type ChannelKind } from "#lib/alerting/browser/alert-kinds.ts";
import type { Channel, CreateChannel } from "#lib/alerting/browser/alert-schema.ts";
import { addressFor, KIND_WORDS } from "./channel-words.ts";

type Values = Required<CreateChannel>;

const valuesOf = (channel: Channel | null): Values => ({
  name: channel?.name ?? "",
  kind: channel?.kind ?? "alertmanager",
  url: "",
  to: [],
  secret: "",
});

/** Adds a channel, or changes one; its address and secret are entered here and shown nowhere. */
export function ChannelDialog({ channel, onClose }: { channel: Channel | null; onClose: () => void }) {
  const form = useChannelForm(channel, onClose);
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title={channel ? `Edit ${channel.name}` : "Add channel"}
      description="The address and secret are encrypted on arrival and never shown again."
      submitLabel={channel ? "Save changes" : "Add channel"}
    >
      <ChannelFields form={form} isNew={channel === null} />
    </EditDialog>
  );
}

/** What is left empty of a channel that exists stays as it is stored. */
function useChannelForm(channel: Channel | null, onClose: () => void) {
  const done = (saved: Channel) => {
    notify({ title: channel ? `${saved.name} saved` : `${saved.name} added. Send a test.` });
    onClose();
  };
  const create = useApiMutation("POST /channels", { onDone: done });
  const update = useApiMutation("PATCH /channels/{channelId}", { onDone: done });
  const schemas = () => import("#lib/alerting/browser/alert-schema.ts");
  const callOf = ({ name, kind, url, to, secret }: Values): FormCall => {
    const given = {
      ...(secret === "" ? {} : { secret }),
      ...(url === "" ? {} : { url }),
      ...(to.length === 0 ? {} : { to }),
    };
    if (channel === null) {
      const body = { name, kind, ...given };
      return { schema: async () => (await schemas()).CreateChannel, body, send: () => create.runAsync({ body }) };
    }
    const { id, generation } = channel;
    const body = { name, ...given };
    return {
      schema: async () => (await schemas()).UpdateChannel,
      body,
      send: () => update.runAsync({ params: { channelId: id }, generation, body }),
    };
  };
  return useApiForm({ start: valuesOf(channel), callOf });
}

const KINDS = CHANNEL_KINDS.map((kind) => ({ value: kind, label: KIND_WORDS[kind].label }));

function ChannelFields({ form, isNew }: { form: ApiForm<Values>; isNew: boolean }) {
  const { kind, url } = useFormValues(form);
  const [typed] = useState(() => new Map<ChannelKind, string>());
  const { label, urlHint, secret } = KIND_WORDS[kind];
  const stays = isNew ? null : "Leave empty to keep the stored one.";
  const follow = (chosen: ChannelKind) => {
    typed.set(kind, url);
    form.setValue("url", addressFor(chosen, typed));
    if (chosen !== "email") form.setValue("to", []);
    if (KIND_WORDS[chosen].secret === null) form.setValue("secret", "");
  };
  return (
    <>
      <FormText form={form} name="name" label="Name" autoFocus />
      {isNew ? (
        <FormSelect form={form} name="kind" label="Kind" options={KINDS} onChosen={follow} />
      ) : (
        <p className="text-sm text-fg-2">{label}</p>
      )}
      {urlHint === null ? (
        <FormText
          form={form}
          name="to"
          as={WORDS}
          label="Addresses"
          inputMode="email"
          optional={!isNew}
          hint={stays ?? "People or mailing lists, comma-separated, at most 20."}
        />
      ) : (
        <FormText form={form} name="url" label="Address" inputMode="url" optional={!isNew} hint={stays ?? urlHint} />
      )}
      {secret && (
        <FormText
          form={form}
          name="secret"
          label={secret.label}
          type="password"
          optional={!isNew}
          hint={stays ?? secret.hint}
        />
      )}
    </>
  );
}
