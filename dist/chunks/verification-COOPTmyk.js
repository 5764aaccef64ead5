import { t as verifyStep } from "./verification-Dqvyg81I.js";

export { verifyStep };