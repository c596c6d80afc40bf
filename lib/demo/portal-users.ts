import { createHmac } from "node:crypto";

/** A customer's person who can sign in to the portal. */
export type PortalUser = {
  tenantSlug: string;
  email: string;
  name: string;
  role: "tenant_admin" | "tenant_viewer";
  password: string;
};

const PEOPLE = [
  { tenantSlug: "northwind", email: "maya@northwind.example", name: "Maya Ortiz", role: "tenant_admin" },
  { tenantSlug: "harborline", email: "jonas@harborline.example", name: "Jonas Weber", role: "tenant_viewer" },
  { tenantSlug: "hollis", email: "priya@hollis.example", name: "Priya Nair", role: "tenant_admin" },
] as const;

/** Without look-alikes, since people type it. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

/** Derived from the machine's own admin key: the same at every start of one data directory, and nowhere else. */
const passwordFor = (email: string, adminApiKey: string): string =>
  Array.from(createHmac("sha256", adminApiKey).update(`demo portal ${email}`).digest().subarray(0, 16), (byte) =>
    ALPHABET.charAt(byte % ALPHABET.length),
  ).join("");

/** The demo's portal users with their passwords, for the seed and for the table that start prints. */
export const portalUsers = (adminApiKey: string): PortalUser[] =>
  PEOPLE.map((person) => ({ ...person, password: passwordFor(person.email, adminApiKey) }));
