/** The door keeper's phone. */

import "./shared";
import "./styles/public.css";
import "./styles/field.css";

import { keepDoor } from "./islands/keeper";
import { switchLanguage } from "./islands/language";
import { takePosts } from "./islands/takePost";

switchLanguage(document);
takePosts(document);
keepDoor(document);
