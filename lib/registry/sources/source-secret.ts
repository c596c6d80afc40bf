import { AppError } from "#lib/platform/errors.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import type { OpenSource } from "./s3-client.ts";
import type { SourceRecord } from "./source-store.ts";

const placeOf = (sourceId: string) => `ImportSource.sealedSecret:${sourceId}`;

export const sealSourceSecret = (secrets: Secrets, sourceId: string, secret: string): string =>
  secrets.seal(secret, placeOf(sourceId));

/** @throws AppError `unavailable` (`secret_unreadable`) when it was sealed with another SECRETS_KEY */
export function openSourceSecret(secrets: Secrets, source: SourceRecord): OpenSource {
  const { endpoint, region, bucket, prefix, accessKeyId } = source;
  try {
    const secretAccessKey = secrets.open(source.sealedSecret, placeOf(source.id));
    return { endpoint, region, bucket, prefix, accessKeyId, secretAccessKey };
  } catch (cause) {
    throw new AppError("unavailable", `The secret of ${source.name} cannot be read with the present SECRETS_KEY.`, {
      reason: "secret_unreadable",
      fix: "Enter the secret again in Settings, Import sources.",
      cause,
    });
  }
}
