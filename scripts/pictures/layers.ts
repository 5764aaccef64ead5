// docs/pictures/layers.svg: from one commit to one artifact with its layers, and on to the directories of a host.
import { arrow, box, diagram, label } from "./svg.ts";

interface Row {
  title: string;
  detail: string;
  /** Where hosts keep it. */
  host: string;
  mark?: boolean;
}

const LAYERS: readonly Row[] = [
  { title: "environment", detail: "a virtualenv or node_modules, cached", host: "envs/8c1f…-02ab…/" },
  { title: "asset steps", detail: "compiled files, cached by their inputs", host: "releases/v1.4.0-3fa9c1d2/" },
  { title: "application", detail: "what the commit tracks, byte code, links", host: "releases/v1.4.0-3fa9c1d2/" },
  { title: "file indexes", detail: "path, mode and SHA-256 of every file", host: ".tarlift/releases/", mark: true },
];

const WIDTH = 960;
const TOP = 64;
const ROW = 62;

export function layers(): string {
  const height = TOP + LAYERS.length * ROW + 74;
  const middle = TOP + (LAYERS.length * ROW) / 2;
  return diagram(
    { width: WIDTH, height },
    "A commit becomes one artifact of four kinds of layers, which hosts unpack",
    [
      ...commit(middle),
      arrow(166, 206, middle),
      label(212, 36, "artifact: one OCI image layout, one file", "strong"),
      ...LAYERS.flatMap((row, index) => layer(row, TOP + index * ROW)),
      label(212, height - 46, "config: digests of all layers, needs of hosts", "code"),
      label(212, height - 24, "its digest is the release digest", "soft"),
      label(664, 36, "every host, below /srv/<app>", "strong"),
      label(664, height - 46, "current -> releases/v1.4.0-3fa9c1d2", "code"),
      label(664, height - 24, "one rename activates the release", "soft"),
    ],
  );
}

function commit(middle: number): string[] {
  const height = 92;
  return [
    box({ x: 24, y: middle - height / 2, width: 136, height }),
    label(92, middle - 14, "commit", "strong", "middle"),
    label(92, middle + 8, "source", "soft", "middle"),
    label(92, middle + 26, "lock files, tarlift.yml", "soft", "middle"),
  ];
}

function layer({ title, detail, host, mark }: Row, y: number): string[] {
  const height = ROW - 12;
  return [
    box({ x: 212, y, width: 392, height }, mark),
    label(226, y + 21, title, "strong"),
    label(226, y + 39, detail, "soft"),
    arrow(610, 652, y + height / 2),
    box({ x: 658, y, width: 278, height }, mark),
    label(672, y + height / 2 + 5, host, "code"),
  ];
}
