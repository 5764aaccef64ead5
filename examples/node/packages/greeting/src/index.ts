/** The greeting for one person: by name, or for whoever it may be. */
export function greet(name: string): string {
  return `Hello, ${name.trim() || "stranger"}!`;
}
