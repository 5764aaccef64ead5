// All transfers keep to their suite.
import { push } from "../../../src/transfers/push/index.ts";
import { describeTransfer } from "./transfer.ts";

describeTransfer(push);
