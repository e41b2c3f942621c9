import "./shared";
import "./styles/wall.css";
import "./styles/situation.css";

import { runSituation } from "./islands/situation";

runSituation(document);
