import { webkit } from "../browsers/webkit.mjs";
import { panels } from "./panels.mjs";

panels("WebKit", webkit);
