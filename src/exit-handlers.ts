// Work to do before a signal ends this process: key material is removed, and the cursor becomes visible again. There is
// one list of it for the whole process: a listener keeps a signal from ending the process, and two listeners that wait
// for each other would keep it for ever.

interface Ending {
  /** Runs at once and before everything else, also when the process exits without a signal. */
  last(): void;
  /** Called when another listener handles the signal and ends the work in good order (a deploy reverts first). */
  stopping?(signal: NodeJS.Signals): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const endings = new Set<Ending>();
let listening = false;

/** @returns a function that unregisters the ending */
export function beforeEnd(ending: Ending): () => void {
  endings.add(ending);
  if (!listening) listen();
  return () => endings.delete(ending);
}

function listen(): void {
  listening = true;
  process.on("exit", runAll);
  // Runs before all other listeners: a listener registered with `once` is no longer counted after it was called.
  for (const signal of SIGNALS) process.prependListener(signal, heard);
}

function heard(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) {
    for (const { stopping } of endings) stopping?.(signal);
    return;
  }
  runAll();
  process.removeListener(signal, heard);
  process.kill(process.pid, signal);
}

function runAll(): void {
  for (const { last } of endings) last();
  endings.clear();
}
