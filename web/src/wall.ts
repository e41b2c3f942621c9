import "./shared";
import "./styles/wall.css";
import "./styles/situation.css";
import "./styles/tracing.css";

import { keepFresh } from "./islands/fresh";
import { runSituation } from "./islands/situation";

runSituation(document);
keepFresh(document);
