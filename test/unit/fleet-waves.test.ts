// The order of waves.
import { describe, expect, it } from "vitest";
import { rulesForSome, type WaveRules, wavesOf } from "../../src/fleet/waves.ts";

const rules = (more: Partial<WaveRules> = {}): WaveRules => ({
  canary: false,
  size: 1,
  minHealthy: 1,
  maxFailures: 0,
  watch: 0,
  ...more,
});
/** `a b! c-`: b is not healthy, c runs no service. */
const fleet = (names: string) =>
  names.split(" ").map((name) => ({
    member: name.replace(/[!-]$/, ""),
    healthy: !name.endsWith("!"),
    takesTurns: !name.endsWith("-"),
  }));
const byDefault = rules({ canary: true, size: "25%" });
const shown = (waves: ReturnType<typeof wavesOf<string>>) =>
  "problem" in waves ? waves.problem : waves.waves.map((wave) => wave.join(" ")).join(" | ");

describe("waves", () => {
  it.each([
    ["without rules, all at once", "a b c", undefined, "a b c"],
    ["one by one", "a b c", rules(), "a | b | c"],
    ["by two", "a b c d e", rules({ size: 2 }), "a b | c d | e"],
    ["by a part of the fleet, rounded up", "a b c d e", rules({ size: "25%" }), "a b | c d | e"],
    ["a healthy canary first", "a! b c d", rules({ canary: true, size: 2 }), "b | a | c d"],
    ["unhealthy ones before healthy ones", "a b! c d!", rules({ size: 2 }), "b d | a c"],
    ["never the last healthy one while another can be brought up", "a! b c!", rules({ canary: true }), "a | c | b"],
    [
      "a canary among unhealthy ones, where no host is healthy",
      "a! b! c!",
      rules({ canary: true, size: 2 }),
      "a | b c",
    ],
    ["never more than min-healthy allows", "a b c d", rules({ size: 4, minHealthy: 3 }), "a | b | c | d"],
    ["one stays where there are two", "a b", rules({ size: "100%", minHealthy: 0 }), "a | b"],
    ["case 42: two hosts one by one", "a b", byDefault, "a | b"],
    ["case 42: three hosts one by one", "a b c", byDefault, "a | b | c"],
    ["case 42: a canary, then a quarter rounded up", "a b c d e f", byDefault, "a | b c | d e | f"],
    ["hosts without services together, after the canary", "a- b c- d", byDefault, "b | a c | d"],
    ["hosts without services first where there is no canary", "a- b c- d", rules(), "a c | b | d"],
    ["rules for hosts without services, where there are no others", "a- b- c-", rules(), "a | b | c"],
    ["one host with a service among others goes", "a b- c-", byDefault, "a | b c"],
    ["one host alone goes", "a", rules({ canary: true }), "a"],
    [
      "a min-healthy that nothing can keep is a problem",
      "a b",
      rules({ minHealthy: "100%" }),
      "min-healthy keeps 2 of 2 hosts in service, which leaves none to switch",
    ],
  ] as const)("%s", (_, names, given, expected) => {
    expect(shown(wavesOf(fleet(names), given))).toBe(expected);
  });

  it.each([
    // What is asked of eight hosts, of which six serve and two are behind.
    [rules({ size: "50%", minHealthy: "75%" }), "a b", 6, "a | b"],
    [rules({ size: 1, minHealthy: 7 }), "a b", 6, "a | b"],
    [rules({ size: "50%", minHealthy: "75%" }), "a b c d e f", 2, "a b | c d | e f"],
    [rules({ size: "50%", minHealthy: 2 }), "a b c d e f", 2, "a b c d | e f"],
    [rules({ minHealthy: "75%" }), "a b", 3, "min-healthy keeps 3 of 2 hosts in service, which leaves none to switch"],
  ])("count the others that serve as in service (%#)", (given, behind, serving, expected) => {
    expect(shown(wavesOf(fleet(behind), rulesForSome(given, 8, serving)))).toBe(expected);
  });

  it("case 42: forty hosts are a canary and four waves", () => {
    const planned = wavesOf(fleet(Array.from({ length: 40 }, (_, n) => `app${n}`).join(" ")), byDefault);
    expect("waves" in planned && planned.waves.map((wave) => wave.length)).toEqual([1, 10, 10, 10, 9]);
  });

  it("hold every host exactly once, and leave enough in service, whatever the rules", () => {
    for (let hosts = 1; hosts <= 7; hosts++)
      for (let sick = 0; sick < 2 ** hosts; sick++)
        for (const size of [1, 2, "40%"] as const)
          for (const minHealthy of [0, 1, 2] as const)
            for (const canary of [true, false]) {
              const members = Array.from({ length: hosts }, (_, n) => ({
                member: n,
                healthy: !((sick >> n) & 1),
                takesTurns: true,
              }));
              const planned = wavesOf(members, rules({ size, minHealthy, canary }));
              if ("problem" in planned) continue;
              expect(planned.waves.flat().sort()).toEqual(members.map(({ member }) => member));
              // Activated hosts serve; the members of a wave do not while it lasts.
              const serving = new Set(members.filter(({ healthy }) => healthy).map(({ member }) => member));
              for (const wave of planned.waves) {
                const before = serving.size;
                for (const member of wave) serving.delete(member);
                if (hosts > 1 && before > 1) expect(serving.size).toBeGreaterThanOrEqual(1);
                if (before >= hosts - 1 && minHealthy < hosts)
                  expect(serving.size).toBeGreaterThanOrEqual(Math.min(minHealthy, before));
                for (const member of wave) serving.add(member);
              }
            }
  });
});
