import { createServer } from "node:net";
import { AppError } from "../errors.ts";

const listens = (port: number, host: string | undefined): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      switch (error.code) {
        case "EADDRINUSE":
        case "EACCES":
          return resolve(false);
        case "EADDRNOTAVAIL":
        case "EAFNOSUPPORT":
          return resolve(true); // no such address here (IPv6 off): nobody can have taken it
        default:
          return reject(error);
      }
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });

/**
 * Could a program listen on this port now?
 * @param host one address, or null for every address of the machine
 */
export async function isPortFree(port: number, host: string | null): Promise<boolean> {
  if (host !== null) return listens(port, host);
  // A listener on one address does not always clash with one on all addresses: ask for each kind.
  for (const each of ["127.0.0.1", "::1", undefined]) if (!(await listens(port, each))) return false;
  return true;
}

/** A port nobody uses, chosen by the system. */
export const freePort = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port: 0, host }, () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port was given")),
      );
    });
  });

/** `count` different free ports. */
export async function freePorts(count: number, host = "127.0.0.1"): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) found.add(await freePort(host));
  return [...found];
}

/** A port one of our processes wants, and the setting that moves it. */
export type PortClaim = { setting: string; port: number; host: string | null };

/**
 * Checks every port before anything starts.
 * @throws AppError naming each taken port and the setting that changes it
 */
export async function assertPortsFree(claims: readonly PortClaim[]): Promise<void> {
  const twice = claims.filter((claim, index) => claims.findIndex((other) => other.port === claim.port) !== index);
  const taken: PortClaim[] = [];
  for (const claim of claims) if (!(await isPortFree(claim.port, claim.host))) taken.push(claim);
  if (taken.length === 0 && twice.length === 0) return;
  const lines = [
    ...taken.map(
      ({ port, setting }) => `Port ${port} is taken by another program. Set ${setting} to a free one, or stop it.`,
    ),
    ...twice.map(({ port, setting }) => `Port ${port} is wanted twice. Set ${setting} to another one.`),
  ];
  throw new AppError("conflict", lines.join("\n"), { reason: "port_taken" });
}

/** The first of `count` consecutive free ports. */
export async function freePortRun(count: number, host = "127.0.0.1"): Promise<number> {
  for (;;) {
    const first = await freePort(host);
    if (first + count > 65_536) continue;
    const free = await Promise.all(Array.from({ length: count }, (_, at) => isPortFree(first + at, host)));
    if (free.every(Boolean)) return first;
  }
}
