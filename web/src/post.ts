/** The officer's page at a post. */

import "./shared";
import "./styles/console.css";
import "./styles/field.css";
import "./styles/posts.css";
import "./styles/print.css";

import { tendPost } from "./islands/postForm";
import { walkTables } from "./islands/rows";

walkTables(document);
tendPost(document);
