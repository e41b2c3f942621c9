/** The screen at a door. Of what other pages load it needs the tokens and the ground. */

import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/marks.css";
import "./styles/screen.css";

import { runScreen } from "./islands/screen";

void runScreen(document);
