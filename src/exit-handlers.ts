// What must be done before a signal ends this process: key material is removed, the cursor comes back. One place, because a listener
// keeps a signal from ending the process, and two that each wait for the other would keep it for ever.

interface Ending {
  /** Done at once and before everything else, also when the process exits by itself. */
  last(): void;
  /** Told when somebody else listens to the signal and ends the work in good order (a deploy reverts first). */
  stopping?(signal: NodeJS.Signals): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const endings = new Set<Ending>();
let listening = false;

/** @returns forgets it: it is needed no more */
export function beforeEnd(ending: Ending): () => void {
  endings.add(ending);
  if (!listening) listen();
  return () => endings.delete(ending);
}

function listen(): void {
  listening = true;
  process.on("exit", runAll);
  // Before all others: who listens once is counted no more after having heard it.
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
