// Supervisors that need a host of their own: systemd.
import { afterAll, beforeAll, describe } from "vitest";
import { systemd } from "../../src/supervisors/systemd/index.ts";
import { describeSupervisor, serveText } from "../contract/adapters/supervisor.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { needs } from "../support/needs.ts";

const ROOT = "/srv/shop";
const UNITS = {
  shop: `ExecStart=/bin/sh ${ROOT}/serve.sh`,
  idle: `ExecStart=/bin/sh ${ROOT}/serve.sh`,
  bad: "ExecStart=/bin/sh -c 'exit 3'\nRestart=always\nRestartSec=1000",
};

describe.runIf(needs(...LAB_NEEDS))("on a host with systemd", () => {
  let lab: Lab;
  let host: LabHost;
  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    host = lab.hosts[0]!;
    await host.root(`mkdir -p ${ROOT} && cat >${ROOT}/serve.sh`, serveText(ROOT));
    for (const [name, text] of Object.entries(UNITS))
      await host.root(`cat >/etc/systemd/system/${name}.service`, `[Service]\n${text}\n`);
    await host.root(
      `systemctl daemon-reload; systemctl start shop bad; while [ ! -s ${ROOT}/pid ]; do sleep 0.1; done`,
    );
  });
  afterAll(() => lab?.stop());

  describeSupervisor(systemd, {
    shells: ["dash", "bash"],
    run: (shell, script) => host.root(`cat >/root/script.sh; ${shell} /root/script.sh`, script),
    root: () => ROOT,
    services: {
      running: { unit: "shop" },
      stopped: { unit: "idle.service" },
      crashing: { unit: "bad" },
      missing: { unit: "none" },
    },
    unreachable: "systemctl() { return 1; }",
    restarted: "started",
    logs: true,
    // As root, nothing has to be asked.
    asks: ":",
    undefined: { unit: "new" },
    keys: { systemd: "systemd: shop", "systemd-user": "systemd: shop, user-manager: true" },
    repository: {
      files: { "deploy/shop.service": "[Service]\n", "deploy/shop.socket": "[Socket]\n" },
      found: [{ file: "deploy/shop.service", name: "shop" }],
    },
  });
});
