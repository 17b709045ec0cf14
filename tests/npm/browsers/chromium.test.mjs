import { places } from "./places.mjs";
import { chromium } from "./puppet.mjs";

places("Chromium", chromium);
