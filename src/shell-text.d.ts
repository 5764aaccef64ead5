// Files that are imported as text (scripts/shell-text.ts): shell programs, their awk programs, and documentation of
// adapters.
declare module "*.sh" {
  const text: string;
  export default text;
}
declare module "*.awk" {
  const text: string;
  export default text;
}
declare module "*.md" {
  const text: string;
  export default text;
}
