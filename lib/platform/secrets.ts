import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals values that must be read again (node keys). Passwords and API keys are hashed instead. */
export type Secrets = {
  /** `place` (table, row and column) is bound to the value: moved to another row it does not open. */
  seal(plain: string, place: string): string;
  /** @throws Error when the value was altered, moved or sealed with another key */
  open(sealed: string, place: string): string;
};

/** @param keyHex 32 bytes as 64 hex digits (SECRETS_KEY) */
export function createSecrets(keyHex: string): Secrets {
  const key = Buffer.from(keyHex, "hex");
  if (key.length !== 32) throw new Error("SECRETS_KEY must be 64 hex digits.");
  const keyId = createHash("sha256").update(key).digest("hex").slice(0, 8);
  return {
    seal(plain, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return `v1.${keyId}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
    },
    open(sealed, place) {
      const [version, id, payload] = sealed.split(".");
      if (version !== "v1" || id !== keyId || payload === undefined)
        throw new Error("The value was sealed with another SECRETS_KEY.");
      const bytes = Buffer.from(payload, "base64url");
      const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(place))
        .setAuthTag(tag);
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString(
        "utf8",
      );
    },
  };
}
