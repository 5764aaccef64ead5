import { t as verifyStep } from "./actions-verify-commit.js";

export { verifyStep };