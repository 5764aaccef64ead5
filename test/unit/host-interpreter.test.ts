// What is said of a host's Python: the host chooses the names and values of what it tells.
import { expect, it } from "vitest";
import { interpreterFindings } from "../../src/host-requirements/python-probe.ts";

const needed = [
  {
    interpreter: "/usr/bin/python3.11",
    version: "3.11",
    abi: "cpython-311",
    built: "3.11.7",
    conditions: [
      {
        by: "redis 5.0.1",
        needs: "async-timeout",
        marker: 'python_full_version <= "3.11.2"',
        holds: false,
        extras: [],
      },
    ],
  },
] as unknown as Parameters<typeof interpreterFindings>[2];

const said = (markers: object) =>
  interpreterFindings(
    "/usr/bin/python3.11",
    JSON.stringify({
      executable: "x",
      prefix: "x",
      version: "3.11",
      soabi: "cpython-311-x86_64-linux-gnu",
      markers: { python_full_version: "3.11.2", os_name: "posix", ...markers },
    }),
    needed,
  ).map(({ what }) => what);

it("names what the marker asks for, whatever else a host tells", () => {
  const expected = [expect.stringContaining("true on the host (python_full_version 3.11.2), and false where")];
  expect(said({})).toEqual(expected);
  expect(said({ "(": "x", "(a+)+$": "x", ".*": "x", "3": "x", __proto__: "x" })).toEqual(expected);
});
