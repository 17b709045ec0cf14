import { places } from "./places.mjs";
import { firefox } from "./puppet.mjs";

places("Firefox", firefox);
