import { t as verifyStep } from "./verification-CP3onE89.js";

export { verifyStep };