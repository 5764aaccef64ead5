// What is asked of a host's own programs, and how its answers are read.
import { expect, test } from "vitest";
import type { Requirements } from "../../src/artifact/format.ts";
import { probesOf } from "../../src/host-requirements/probes.ts";

const python = (minor: string): Requirements => ({
  architecture: "x86_64",
  sonames: [],
  python: { version: minor, abi: `cpython-${minor}`, interpreter: `/usr/bin/python${minor}`, imports: [] },
});
const node = (version: string): Requirements => ({ architecture: "x86_64", sonames: [], node: { version } });

test("each program is asked for once, whatever number of environments need it", () => {
  const probes = probesOf([python("3.11"), node("24.1.0"), python("3.11"), python("3.12"), node("24.1.0")]);
  expect(probes.map(({ ask }) => ask)).toEqual([
    "interpreter /usr/bin/python3.11",
    "interpreter /usr/bin/python3.12",
    "node 24.1.0",
  ]);
});

test("an answer is read by the probe that it belongs to, and others are left", () => {
  const read = (key: string, answers: string[]) =>
    probesOf([python("3.11"), python("3.12"), node("24.1.0")])
      .filter(({ reply }) => reply === key)
      .map((probe) => probe.read(answers, "web"))
      .flatMap(({ findings, warnings }) => [...findings.map(({ what }) => what), ...warnings]);
  expect(read("interpreter", ["/usr/bin/python3.12 none", "/opt/other none"])).toEqual([
    "the host has no /usr/bin/python3.12",
  ]);
  expect(read("missing_node", ["24.1.0", "18.0.0"])).toEqual([
    "node is not on the PATH of web (the release was built with 24.1.0): its services must find it themselves",
  ]);
  expect(read("interpreter", [])).toEqual([]);
});
