// src/fleet/as-verified.ts
/** Whether nothing was changed, removed or added that may change what a release does. */
const asVerified = ({ count, added }) => count === 0 && !added;

export { asVerified as t };