// Shell programs are imported as text (scripts/shell-text.ts).
declare module "*.sh" {
  const text: string;
  export default text;
}
