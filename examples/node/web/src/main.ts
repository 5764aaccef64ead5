import "./style.css";

const element = (id: string) => document.getElementById(id)!;
const name = element("name") as HTMLInputElement;

async function show(): Promise<void> {
  const answer = await fetch(`/api/greeting?name=${encodeURIComponent(name.value)}`);
  const { text, version } = (await answer.json()) as { text: string; version: string };
  element("greeting").textContent = text;
  element("version").textContent = version;
}

name.addEventListener("input", show);
await show();
