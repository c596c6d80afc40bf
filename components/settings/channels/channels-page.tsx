"use client";

import { lazy, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiList, useApiMutation } from "#components/ui/use-api.ts";
import type { Channel } from "#lib/alerting/browser/alert-schema.ts";
import type { CallOutput } from "#lib/api/client.ts";
import { SettingsTabs } from "../settings-tabs.tsx";
import { KIND_WORDS } from "./channel-words.ts";

const ChannelDialog = lazy(() => import("./channel-dialog.tsx").then((module) => ({ default: module.ChannelDialog })));

type Open = { kind: "add" } | { kind: "edit" | "remove"; channel: Channel } | null;
const REFRESH_MS = 10_000;

/** Where alerts are told, and how their messages fare. */
export function ChannelsPage() {
  const [open, setOpen] = useState<Open>(null);
  const [tested, setTested] = useState<Channel | null>(null);
  const denied = useDenied("settings.write");
  const list = useApiList("GET /channels", { query: { limit: 100 } }, { refreshMs: REFRESH_MS });
  const test = useApiMutation("POST /channels/{channelId}/test");
  const close = () => setOpen(null);
  const columns: Column<Channel>[] = [
    ...COLUMNS,
    {
      id: "actions",
      header: "",
      align: "end",
      cell: (channel) => (
        <RowButtons
          channel={channel}
          isTesting={test.isPending && tested?.id === channel.id}
          onTest={() => {
            setTested(channel);
            test.run({ params: { channelId: channel.id } });
          }}
          onOpen={(kind) => setOpen({ kind, channel })}
        />
      ),
    },
  ];
  return (
    <>
      <PageHeader
        title="Notifications"
        parents={[{ label: "Settings", href: "/settings" }]}
        tabs={<SettingsTabs />}
        meta="Channels are notified when alerts fire and resolve. Muted and grouped alerts send no separate notification."
        primary={
          <Button variant="primary" disabledReason={denied} onClick={() => setOpen({ kind: "add" })}>
            Add channel
          </Button>
        }
      />
      {list.firstPage && <MailNotice page={list.firstPage} />}
      {tested && !test.isPending && <TestResult channel={tested} test={test} />}
      <DataTable
        label="Channels"
        columns={columns}
        {...list.table}
        expectedRows={3}
        rowKey={(channel) => channel.id}
        empty={<NoChannel />}
      />
      <OnceOpened open={open?.kind === "add" || open?.kind === "edit"}>
        {open && open.kind !== "remove" && (
          <ChannelDialog channel={open.kind === "edit" ? open.channel : null} onClose={close} />
        )}
      </OnceOpened>
      <RemoveDialog channel={open?.kind === "remove" ? open.channel : null} onClose={close} />
    </>
  );
}

/** Without a server to hand it to, no e-mail goes out, whoever is on a channel. */
function MailNotice({ page: { mail, items } }: { page: CallOutput<"GET /channels"> }) {
  const hasMail = items.some(({ kind }) => kind === "email");
  if (mail !== null)
    return hasMail ? (
      <p className="text-sm text-fg-2">
        E-mail is sent through {mail.host}, from {mail.from}.
      </p>
    ) : null;
  const how = (
    <>
      set <code className="font-mono text-xs">SMTP_URL</code>, such as{" "}
      <code className="break-all font-mono text-xs">
        smtps://user:password@mail.example.com?from=alerts@example.com
      </code>
      , and restart Switchyard.
    </>
  );
  return hasMail ? (
    <Notice tone="warn">No e-mail is sent: {how}</Notice>
  ) : (
    <p className="text-sm text-fg-2">To notify people by e-mail, {how}</p>
  );
}

const NoChannel = () => (
  <EmptyState title="No channel yet">
    Alerts are shown in the console only. To send notifications, add an Alertmanager, Slack or PagerDuty webhook, or
    e-mail addresses.
  </EmptyState>
);

function RowButtons({
  channel: { name },
  isTesting,
  onTest,
  onOpen,
}: {
  channel: Channel;
  isTesting: boolean;
  onTest: () => void;
  onOpen: (kind: "edit" | "remove") => void;
}) {
  const denied = useDenied("settings.write");
  const deniedTest = useDenied("fleet.operate");
  return (
    <div className="flex justify-end gap-2">
      <Button
        size="sm"
        aria-label={`Send a test to ${name}`}
        pending={isTesting}
        disabledReason={deniedTest}
        onClick={onTest}
      >
        Send test
      </Button>
      <Button size="sm" aria-label={`Edit ${name}`} disabledReason={denied} onClick={() => onOpen("edit")}>
        Edit
      </Button>
      <Button size="sm" aria-label={`Remove ${name}`} disabledReason={denied} onClick={() => onOpen("remove")}>
        Remove
      </Button>
    </div>
  );
}

const COLUMNS: readonly Column<Channel>[] = [
  {
    id: "name",
    header: "Channel",
    width: "w-full",
    cell: ({ name, host, waiting, failed }) => (
      <div className="py-1">
        <p>{name}</p>
        {waiting + failed > 0 && (
          <p className="text-warn md:hidden">
            {waiting} waiting, {failed} failed
          </p>
        )}
        <code className="break-all font-mono text-xs text-fg-2">{host}</code>
      </div>
    ),
  },
  { id: "kind", header: "Kind", hideBelow: "sm", cell: ({ kind }) => KIND_WORDS[kind].label },
  {
    id: "messages",
    header: "Messages",
    hideBelow: "md",
    cell: ({ waiting, failed, lastSentAt, lastError }) => (
      <div className="min-w-48 max-w-72 whitespace-normal py-1">
        <p>{lastSentAt ? <Time at={lastSentAt} /> : "None sent yet"}</p>
        {waiting + failed > 0 && (
          <p className="text-warn">
            {waiting} waiting, {failed} failed
          </p>
        )}
        {waiting + failed > 0 && lastError && <p className="text-xs text-fg-2">{lastError}</p>}
      </div>
    ),
  },
];

type Test = ReturnType<typeof useApiMutation<"POST /channels/{channelId}/test">>;

function TestResult({ channel, test: { data, problem } }: { channel: Channel; test: Test }) {
  const message = problem?.detail ?? data?.message;
  const fix = problem ? problem.fix : data?.fix;
  if (message === undefined) return null;
  return (
    <Notice tone={data?.ok ? "ok" : "bad"}>
      <p role="status">
        <span className="font-medium">{channel.name}:</span> {message}
      </p>
      {fix && <p>{fix}</p>}
    </Notice>
  );
}

function RemoveDialog({ channel, onClose }: { channel: Channel | null; onClose: () => void }) {
  const remove = useApiMutation("DELETE /channels/{channelId}", { onDone: onClose });
  return (
    <ConfirmDialog
      open={channel !== null}
      onOpenChange={() => {
        remove.reset();
        onClose();
      }}
      title={`Remove ${channel?.name ?? ""}?`}
      confirmLabel="Remove channel"
      tone="danger"
      pending={remove.isPending}
      problem={remove.problem}
      onConfirm={() => channel && remove.run({ params: { channelId: channel.id } })}
    >
      The channel gets no more notifications. Its address and secret are deleted, and waiting messages are not sent.
    </ConfirmDialog>
  );
}
