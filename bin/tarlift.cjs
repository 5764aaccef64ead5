#!/usr/bin/env node
// The command's way in. Old syntax on purpose: a Node that is too old must reach the sentence below, not a syntax error.
var major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    "tarlift needs Node 24 or newer; this is " + process.version + " (" + process.execPath + ").\n" +
    "Next: install Node 24, or run it with the one that this package brings: node_modules/.bin/node bin/tarlift.cjs\n"
  );
  process.exit(1);
}
import("../dist/cli.js").catch(function (error) {
  process.stderr.write(String((error && error.stack) || error) + "\n");
  process.exit(1);
});
