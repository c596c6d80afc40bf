import type { Secrets } from "#lib/platform/secrets.ts";

/** Where a channel's address and secret are sealed to: moved to another row they do not open. */
const placeOf = (column: "sealedUrl" | "sealedSecret", channelId: string) =>
  `NotificationChannel.${column}:${channelId}`;

export const sealUrl = (secrets: Secrets, channelId: string, url: string): string =>
  secrets.seal(url, placeOf("sealedUrl", channelId));

export const sealSecret = (secrets: Secrets, channelId: string, secret: string): string =>
  secrets.seal(secret, placeOf("sealedSecret", channelId));

/** @throws Error when SECRETS_KEY is not the one they were sealed with */
export function openChannel(
  secrets: Secrets,
  { id, sealedUrl, sealedSecret }: { id: string; sealedUrl: string; sealedSecret: string | null },
): { url: string; secret: string | null } {
  return {
    url: secrets.open(sealedUrl, placeOf("sealedUrl", id)),
    secret: sealedSecret === null ? null : secrets.open(sealedSecret, placeOf("sealedSecret", id)),
  };
}

/** The addresses of an e-mail channel stand where the others have their URL: as one `mailto:`. */
export const mailtoOf = (to: readonly string[]): string => `mailto:${to.map(encodeURIComponent).join(",")}`;
export const addressesOf = (mailto: string): string[] =>
  mailto
    .replace(/^mailto:/, "")
    .split(",")
    .map(decodeURIComponent);
