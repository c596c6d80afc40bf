import { describe, expect, it } from "vitest";
import { explainFailure, failureText } from "./explain-failure.ts";

/** Lines as Postgres 18.4 printed them. */
const SEEN: [name: string, lines: string[], expected: RegExp, retry: boolean][] = [
  [
    "an earlier postmaster's lock file",
    [
      'FATAL:  lock file "postmaster.pid" already exists',
      'HINT:  Is another postmaster (PID 412) running in data directory "/data"?',
    ],
    /Another Postgres still runs/,
    true,
  ],
  [
    "a port that was taken in between",
    [
      'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use',
      "FATAL:  could not create any TCP/IP sockets",
    ],
    /taken its port/,
    true,
  ],
  [
    "a full disk",
    ['FATAL:  could not write to file "pg_wal/xlogtemp.31": No space left on device'],
    /disk is full/,
    false,
  ],
  [
    "a library that the system lacks",
    ["postgres: error while loading shared libraries: libicui18n.so.60: cannot open shared object file"],
    /library is missing/,
    false,
  ],
  [
    "data of another major version",
    [
      "FATAL:  database files are incompatible with server",
      "DETAIL:  The data directory was initialized by PostgreSQL version 15, which is not compatible with this version 18.4.",
    ],
    /another major version/,
    false,
  ],
  [
    "foreign files",
    [
      'FATAL:  data directory "/data" has wrong ownership',
      "HINT:  The server must be started by the user that owns the data directory.",
    ],
    /another user/,
    false,
  ],
];

describe("explainFailure", () => {
  it.each(SEEN)("names %s and says what to do", (_, lines, expected, retry) => {
    const failure = explainFailure(lines, "exit code 1");
    expect(failure.message).toMatch(expected);
    expect(failure.fix).not.toBe("");
    expect(failure.retry).toBe(retry);
  });

  it("quotes the log when it knows no better", () => {
    const lines = ["FATAL:  something new"];
    const failure = explainFailure(lines, "exit code 1");
    expect(failureText("Postgres cannot start.", failure, lines)).toBe(
      "Postgres cannot start. It ended with exit code 1.\n    FATAL:  something new",
    );
  });
});
