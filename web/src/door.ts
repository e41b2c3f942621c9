/** The door keeper's phone. */

import "./shared";
import "./styles/public.css";
import "./styles/field.css";

import { keepDoor } from "./islands/keeper";
import { takePosts } from "./islands/takePost";

takePosts(document);
keepDoor(document);
