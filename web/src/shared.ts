/** What every page loads: the look, and the few scripts that make it kinder. Every page works without them. */

import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/head.css";
import "./styles/figures.css";
import "./styles/tables.css";
import "./styles/forms.css";
import "./styles/marks.css";
import "./styles/pictures.css";
import "./styles/answer.css";
import "./styles/entrance.css";

import { showNetwork } from "./islands/network";
import { switchTheme } from "./islands/theme";

export const icon = new URL("./icon.svg", import.meta.url);

switchTheme(document);
showNetwork(document, window);
