"use client";

import { useRouter } from "next/navigation";
import type { Version } from "#lib/registry/schema.ts";
import { TextLink } from "../../ui/button.tsx";
import { ConfirmConsequences } from "../../ui/confirm-consequences.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { formatBytes, quantityText } from "../../ui/format.ts";
import { versionTitle } from "../../ui/object-title.ts";
import { useReader } from "../../ui/reader.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { notify } from "../../ui/toast.tsx";
import { useApi, useApiMutation } from "../../ui/use-api.ts";

type Props = { version: Version; open: boolean; onOpenChange: (open: boolean) => void };

/** What deleting would do, asked for by name; while something stands against it, that instead, with the way to it. */
export function DeleteVersionDialog({ version, open, onOpenChange }: Props) {
  const router = useRouter();
  const { locale } = useReader();
  const title = versionTitle(version);
  const name = `${version.adapterSlug} v${version.number}`;
  const read = useApi("GET /versions/{versionId}/deletion", { params: { versionId: version.id } }, { enabled: open });
  const remove = useApiMutation("POST /versions/{versionId}/delete", {
    alsoRefresh: ["adapters"],
    onDone: () => {
      notify({ title: `${name} deleted`, tone: "ok" });
      onOpenChange(false);
      router.push(`/adapters/${version.adapterId}`);
    },
  });
  const deletion = read.data;
  const change = (next: boolean) => {
    if (!next) remove.reset();
    onOpenChange(next);
  };
  if (!deletion?.canDelete)
    return (
      <Dialog open={open} onOpenChange={change} title={deletion ? `${title} cannot be deleted yet` : `Delete ${title}`}>
        {deletion ? (
          <Blockers blockers={deletion.blockers} />
        ) : read.problem ? (
          <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />
        ) : (
          <Skeleton className="h-24 w-full" />
        )}
      </Dialog>
    );
  const bytes = quantityText(formatBytes(deletion.bytes, locale));
  return (
    <ConfirmConsequences
      open={open}
      onOpenChange={change}
      title={`Delete ${title}?`}
      confirmLabel={`Delete ${name}`}
      tone="danger"
      typedName={deletion.typedName}
      pending={remove.isPending}
      problem={remove.problem}
      onConfirm={() => remove.run({ params: { versionId: version.id }, body: { confirm: deletion.typedName } })}
      consequences={{
        changes: [
          deletion.bytesGo
            ? `Its ${deletion.files} files (${bytes}) are removed from the adapter store.`
            : deletion.sharedWith.length > 0
              ? `Its files stay: ${deletion.sharedWith.join(", ")} has the same bytes.`
              : "It has no files in the adapter store.",
          "Its number, lora name, digests and check report stay on record.",
        ],
        tenantCount: 0,
        load: null,
        undo: null,
      }}
    />
  );
}

function Blockers({
  blockers,
}: {
  blockers: readonly { code: string; message: string; fix: string; href: string | null }[];
}) {
  return (
    <ul className="flex list-disc flex-col gap-2 ps-4 text-md text-fg marker:text-fg-3">
      {blockers.map(({ message, fix, href }) => (
        <li key={`${message} ${href}`}>
          {message} <span className="text-fg-2">{fix}</span>
          {href && (
            <>
              {" "}
              <TextLink href={href}>Open that page</TextLink>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
