import type { Store } from "#lib/registry/browser/store-schema.ts";
import { TextLink } from "../ui/button.tsx";
import { formatBytes, formatCount, quantityText } from "../ui/format.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";

/** How far the adapter store's bytes are proven. */
export function StoreFacts({ store }: { store: Store }) {
  return (
    <KeyValue
      columns={2}
      rows={[
        { label: "State", value: <Status of="store" is={store.state} /> },
        { label: "Versions stored", value: formatCount(store.versions) },
        {
          label: "Verified",
          value:
            store.versions === 0
              ? null
              : `${formatCount(store.verified)} of ${formatCount(store.versions)} in the last 24 h`,
          hint: "Fully read and compared with their digests. Each is re-verified within 12 hours.",
        },
        {
          label: "Longest unverified",
          value: store.oldestVerifiedAt ? (
            <>
              since <Time at={store.oldestVerifiedAt} />
            </>
          ) : store.versions > 0 ? (
            "never verified yet"
          ) : null,
        },
        {
          label: "Size",
          value: quantityText(formatBytes(store.bytes)),
          hint: "Files shared by several versions count once.",
        },
        {
          label: "Quarantined",
          value:
            store.quarantined === 0 ? (
              "None"
            ) : (
              <TextLink href="/adapters?status=quarantined">
                {store.quarantined === 1 ? "1 version" : `${formatCount(store.quarantined)} versions`}
              </TextLink>
            ),
        },
      ]}
    />
  );
}
