"use client";

import { Card } from "../ui/card.tsx";
import { CopyId } from "../ui/copy.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FindingList } from "../ui/findings/finding-list.tsx";
import { formatCount } from "../ui/format.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { useReader } from "../ui/reader.tsx";
import { Time } from "../ui/time.tsx";
import { useVersion } from "./version-frame.tsx";

/** What the checks said, and the facts they read. */
export function VersionReport({ versionId }: { versionId: string }) {
  const version = useVersion(versionId).data;
  const { locale } = useReader();
  if (!version) return null;
  return (
    <div className="flex flex-col gap-6">
      {version.checkReport ? (
        <FindingList findings={version.checkReport.findings} />
      ) : (
        <EmptyState title="Not checked yet">The checks run when all files of the draft have arrived.</EmptyState>
      )}
      <Card title="Facts">
        <KeyValue
          columns={2}
          rows={[
            { label: "Base model", value: version.baseModel },
            { label: "Rank", value: version.rank },
            { label: "Alpha", value: version.alpha },
            { label: "rsLoRA", value: version.rsLora === null ? null : version.rsLora ? "Yes" : "No" },
            { label: "Target modules", value: version.targetModules.join(", ") || null },
            { label: "Tensors", value: version.tensorCount },
            { label: "Dtype", value: version.dtype },
            {
              label: "Sequence limit",
              value: version.sequenceLimit && `${formatCount(version.sequenceLimit, locale)} tokens`,
            },
            { label: "Architecture", value: checksum(version.architectureChecksum) },
            { label: "Tokenizer", value: checksum(version.tokenizerChecksum) },
            { label: "Chat template", value: checksum(version.chatTemplateChecksum) },
            { label: "Added by", value: version.origin.by },
            { label: "From", value: version.origin.source },
            { label: "Checked", value: version.checkReport && <Time at={version.checkReport.checkedAt} /> },
          ]}
        />
      </Card>
    </div>
  );
}

const checksum = (value: string | null) => value && <CopyId id={value} label="checksum" />;
