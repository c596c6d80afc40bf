"use client";

import type { Version } from "#lib/registry/schema.ts";
import { Card } from "../../ui/card.tsx";
import { CopyId } from "../../ui/copy.tsx";
import { FindingList } from "../../ui/findings/finding-list.tsx";
import { formatBytes, formatCount, quantityText } from "../../ui/format.ts";
import { KeyValue } from "../../ui/key-value.tsx";
import { useReader } from "../../ui/reader.tsx";
import { Time } from "../../ui/time.tsx";
import { LoadProbes } from "./load-probes.tsx";
import { VersionBaseName } from "./version-base-name.tsx";
import { FileTable } from "./version-files.tsx";
import { useVersion } from "./version-frame.tsx";
import { VersionMemoryCard } from "./version-memory.tsx";

/** States in which a version was, or may be, on nodes. */
const LOADABLE: readonly Version["state"][] = ["ready", "quarantined", "retired"];

/** What the checks said, what nodes made of it, what it costs in memory, and the facts behind all that. */
export function VersionReport({ versionId }: { versionId: string }) {
  const version = useVersion(versionId).data;
  if (!version) return null;
  return (
    <div className="flex flex-col gap-6">
      <VersionBaseName version={version} />
      {version.checkReport ? (
        <FindingList
          findings={version.checkReport.findings}
          fileName={`${version.adapterSlug}-v${version.number}-report`}
        />
      ) : (
        <FileTable version={version} />
      )}
      {LOADABLE.includes(version.state) && <LoadProbes versionId={versionId} />}
      {version.rank !== null && version.state !== "deleted" && <VersionMemoryCard versionId={versionId} />}
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        {version.checkReport && <Facts version={version} />}
        <Origin version={version} />
      </div>
    </div>
  );
}

function Facts({ version }: { version: Version }) {
  const { locale } = useReader();
  return (
    <Card title="Facts">
      <KeyValue
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
        ]}
      />
    </Card>
  );
}

/** Who made it, when and from where, and what its bytes are proven by. */
function Origin({ version }: { version: Version }) {
  const { origin, checkReport, verifiedAt } = version;
  return (
    <Card title="Origin and proof">
      <KeyValue
        rows={[
          { label: "Added by", value: origin.by },
          { label: "Added", value: <Time at={origin.at} /> },
          { label: "From", value: origin.source },
          { label: "Note", value: origin.note },
          { label: "Checked", value: checkReport && <Time at={checkReport.checkedAt} /> },
          {
            label: "Bytes verified",
            value: verifiedAt ? <Time at={verifiedAt} /> : version.loraName && "Not since the check",
          },
          { label: "Size", value: quantityText(formatBytes(version.sizeBytes)) },
          { label: "Architecture", value: checksum(version.architectureChecksum) },
          { label: "Tokenizer", value: checksum(version.tokenizerChecksum) },
          { label: "Chat template", value: checksum(version.chatTemplateChecksum) },
        ]}
      />
    </Card>
  );
}

const checksum = (value: string | null) => value && <CopyId id={value} label="checksum" />;
