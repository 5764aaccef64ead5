// Plays cells in a world, as many at once as it has sites.
import { Artifacts } from "./artifacts.ts";
import { type CellResult, type Next, Stage } from "./batch.ts";
import type { Cell } from "./cells.ts";
import { Outside } from "./outside.ts";
import type { World } from "./site.ts";

/**
 * @param cells those of the world's faults are played
 * @param onResult is given each result as it comes
 * @param next what the run after a struck one is; undefined: all kinds take turns
 */
export async function play(
  world: World,
  cells: readonly Cell[],
  onResult: (result: CellResult) => void,
  next: Next | undefined,
): Promise<void> {
  const outside = new Outside();
  const artifacts = new Artifacts();
  try {
    const stages = world.sites.map((site) => new Stage(site, world, outside, artifacts, next));
    await Promise.all(stages.map((stage) => stage.open()));
    const mine = cells.filter(({ fault }) => world.faults.includes(fault));
    if (world.together) await together(world, stages, mine, onResult);
    else await oneByOne(stages, mine, onResult);
  } finally {
    await outside.stop();
    artifacts.remove();
  }
}

const atOnce = async () => {};

async function oneByOne(stages: Stage[], cells: Cell[], onResult: (result: CellResult) => void): Promise<void> {
  const left = [...cells];
  await Promise.all(
    stages.map(async (stage) => {
      for (let cell = left.shift(); cell; cell = left.shift()) onResult(await stage.play(cell, atOnce, atOnce));
    }),
  );
}

/** A host has one power cable: what befalls it befalls all sites, each of which is at a step of its own. */
async function together(
  world: World,
  stages: Stage[],
  cells: Cell[],
  onResult: (result: CellResult) => void,
): Promise<void> {
  const groups = Map.groupBy(cells, ({ fault, host }) => `${fault} ${host}`);
  for (const group of groups.values()) {
    for (let from = 0; from < group.length; from += stages.length) {
      const batch = group.slice(from, from + stages.length);
      const { fault, host } = batch[0]!;
      const struck = meeting(batch.length, () => world.take(fault, host));
      const ended = meeting(batch.length, () => world.give(fault, host));
      const results = await Promise.all(batch.map((cell, n) => stages[n]!.play(cell, struck(), ended())));
      results.forEach(onResult);
    }
  }
}

/** A point at which `size` parties wait for each other; then something is done, and all go on. Each may come once. */
function meeting(size: number, act: () => Promise<void>): () => () => Promise<void> {
  let there = 0;
  let all: () => void = () => {};
  const complete = new Promise<void>((resolve) => {
    all = resolve;
  });
  const done = complete.then(act);
  done.catch(() => {});
  return () => {
    let came = false;
    return () => {
      if (!came && ++there === size) all();
      came = true;
      return done;
    };
  };
}
