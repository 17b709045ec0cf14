import { places } from "./places.mjs";
import { webkit } from "./webkit.mjs";

places("WebKit", webkit);
